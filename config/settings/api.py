"""The API: who authenticates, how errors look, how it describes itself."""

from typing import Any

from config.embedded.places import places
from config.environment import environment

# Which keys open this installation: `live`, or `sandbox`, which has data of its own.
INSTALLATION = environment().installation
IS_SANDBOX = INSTALLATION == "sandbox"
OTHER_INSTALLATION_URL = environment().live_url if IS_SANDBOX else environment().sandbox_url

# For keys without a rate of their own: high enough to stop runaways alone.
API_RATE = environment().api_rate
# Limits are kept where messages are, unless that is RabbitMQ.
_broker_url = environment().broker_url or places().broker_url
CACHE_URL = environment().cache_url or ("" if _broker_url.startswith("amqp") else _broker_url)

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.ByKey"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.bodies.OneObject"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.handling.handle",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

DESCRIPTION = """
Send what your model generated, how it was used and what it earned; read back which training
tracks shaped each piece, how surely, and how that was measured.

**Keys.** `Authorization: Bearer tantieme_live_...`, or `tantieme_test_...` in a sandbox. A key has
scopes: `read`, `ingest`, `models`, `money`, `webhooks`, `catalogue`. Each answer says what is left
of its rate.

**Errors** are problem documents (RFC 9457) of a [fixed list of kinds](/api/problems).

**Sending again** is safe: pieces and events have names of yours and count once, and any POST may
carry an `Idempotency-Key`, whose response is kept for 30 days.

**Lists** come newest first with `next` and `previous`; `limit` is 1 to 100. `fields` sends a part
of each document.

**Versions.** Every document has an `ETag`: `If-None-Match` spares what has not changed, `If-Match`
changes only what you have seen.
"""

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Tantieme for platforms",
    "DESCRIPTION": DESCRIPTION.strip(),
    "VERSION": "1.1",
    "OAS_VERSION": "3.1.1",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "TAGS": [
        {"name": "model-versions", "description": "What your pieces come from."},
        {"name": "tracks", "description": "What there is to train on."},
        {"name": "works", "description": "Compositions."},
        {"name": "consents", "description": "What may be trained on."},
        {"name": "uploads", "description": "Files of any size, in parts."},
        {"name": "generations", "description": "Pieces, and what shaped them."},
        {"name": "usage", "description": "Who used which piece, how often."},
        {"name": "revenue", "description": "What you earned."},
        {"name": "contracts", "description": "What was agreed with you."},
        {"name": "periods", "description": "What came of a month, and what you owe for it."},
        {"name": "invoices", "description": "What you are invoiced, and what settled it."},
        {"name": "jobs", "description": "How far work is."},
        {"name": "webhook-endpoints", "description": "Where you are told what happens."},
        {"name": "webhook-deliveries", "description": "What was sent there."},
        {"name": "webhook-events", "description": "What happened."},
        {"name": "key", "description": "The key that asks."},
        {"name": "requests", "description": "What your programs asked, and what we answered."},
        {"name": "health", "description": "Whether the API answers."},
    ],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.api.schema_reading.describe_reading",
        "common.api.schema.describe_problems",
        "accounts.webhooks.api.schema.describe_webhooks",
        "common.api.schema_limits.describe_limits",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AttributionStatus": "attribution.api.serializers.STATUSES",
        "WebhookEventType": "accounts.webhooks.api.serializers.EVENT_TYPES",
        "WebhookDeliveryState": "accounts.webhooks.models.Delivery.State",
        "WebhookDisabledReason": "accounts.webhooks.models.Endpoint.Disabled",
        "JobStatus": ["queued", "running", "succeeded", "failed"],
        "Right": "catalog.models.rights.Right",
        "CatalogueDeliveryStatus": "catalog.deliveries.models.Delivery.Status",
        "UploadStatus": "common.uploads.models.Upload.Status",
        "EventKind": "royalty.models.EventKind.choices",
        "RevenueKind": "royalty.models.RevenueKind.choices",
        "PeriodStatus": "royalty.api.periods.STATUSES",
        "PoolPart": "royalty.api.periods.PARTS",
        "RestatementKind": "royalty.models.RestatementKind.choices",
        "AccountMove": "royalty.selectors.platform_account.Move",
        "HeldKind": "royalty.selectors.held.HELD_KINDS",
        "InvoiceKind": ["invoice", "credit_note"],
        "InvoiceStatus": "royalty.api.invoices.STATUSES",
        "SettledBy": ["payment", "credit"],
    },
    "SORT_OPERATIONS": False,
}

# A request's fields beside its files; bodies of lines have their own limit (`common.api.bodies`).
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
