"""What the web process needs: middleware, templates, sign-in, static files."""

from config.embedded.secret import secret_key
from config.environment import BASE_DIR, environment

SECRET_KEY = secret_key(environment())
DEBUG = environment().debug
ALLOWED_HOSTS = list(environment().allowed_hosts) or ["localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
MIDDLEWARE = [
    "config.middleware.ClientAddress",
    "config.observability.health.Health",
    "config.observability.metrics.Metrics",
    "config.observability.requests.Observed",
    "config.middleware.PermissionsPolicy",
    "common.api.limits.RateLimitHeaders",
    "common.api.middleware.ProblemsUnderApi",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.legible.LegiblePages",  # inside the one that counts the bytes
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ActingOrganisation",
    "accounts.middleware.ReaderLanguage",  # once it is known who reads
    "common.api.log.RequestLog",  # in the transaction of the one before it
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.security.middleware.SecondFactorOfOperators",
    "portal.session.kept_forms.KeptForms",
    "portal.session.sent_once.SentOnce",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as it asks
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = environment().static_root
STATICFILES_DIRS = [BASE_DIR / "static"]

PASSWORD_RESET_TIMEOUT = 3600  # seconds
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
# Too many wrong passwords for one address from one place: that pair waits.
AXES_FAILURE_LIMIT = 8
AXES_ENABLE_ADMIN = False  # its rows name addresses and devices; `manage.py axes_reset` lets in
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "portal.session.lockout.address_tried"
AXES_LOCKOUT_TEMPLATE = "portal/locked_out.html"
CSRF_FAILURE_VIEW = "portal.errors.forged_request"

USE_TZ = True
TIME_ZONE = "UTC"
