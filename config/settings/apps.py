"""Which applications run."""

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # before the admin, whose templates it replaces
    "config.admin.apps.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "common.database",
    "common.jobs",
    "common.api",
    "common.uploads",
    "accounts",
    "accounts.webhooks",
    "catalog",
    "catalog.deliveries",
    "catalog.claims",
    "catalog.duplicates",
    "catalog.quality",
    "attribution",
    "royalty",
    "portal",
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
