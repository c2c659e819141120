"""The web process's entry point."""

import os

from django.core.wsgi import get_wsgi_application

from config.embedded import ensure_servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
ensure_servers()
application = get_wsgi_application()
