"""How e-mails leave: through the server of EMAIL_URL, else as files in a folder."""

from urllib.parse import unquote, urlsplit

from config.environment import MAIL_PORTS, environment

_server = urlsplit(environment().email_url)
_is_named = bool(environment().email_url)

EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _is_named else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = environment().home / "mail"
EMAIL_HOST = _server.hostname or ""
EMAIL_PORT = _server.port or MAIL_PORTS.get(_server.scheme, 0)
EMAIL_HOST_USER = unquote(_server.username or "")
EMAIL_HOST_PASSWORD = unquote(_server.password or "")
EMAIL_USE_TLS = _server.scheme == "smtp+starttls"
EMAIL_USE_SSL = _server.scheme == "smtps"
EMAIL_TIMEOUT = 30  # seconds
DEFAULT_FROM_EMAIL = environment().email_from or "tantieme@localhost"
PUBLIC_URL = environment().public_url or f"http://localhost:{environment().port}"
