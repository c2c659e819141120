"""What browsers are told so that nobody listens in, frames, sniffs or plants anything.

With `HTTPS=1` pages are reached by https alone. Whether subdomains and browsers' preload lists are
to follow is for the owner of the domain, whose proxy can say so; hence the two silenced checks.
"""

from csp.constants import NONE, SELF

from config.environment import environment

SECURE_SSL_REDIRECT = environment().https
SECURE_HSTS_SECONDS = 31_536_000 if environment().https else 0
SESSION_COOKIE_SECURE = environment().https
CSRF_COOKIE_SECURE = environment().https
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# Believed only where somebody says that proxies of ours stand in front: anybody can send it.
TRUSTED_PROXIES = environment().trusted_proxies
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
CSRF_TRUSTED_ORIGINS = list(environment().trusted_origins)
METRICS_TOKEN = environment().metrics_token

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
