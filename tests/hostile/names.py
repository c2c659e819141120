"""Names as somebody hostile would send them, and a town in which everything is called so."""

from django.apps import apps

from catalog.services.history import changing
from tests.tenancy.cast import Town

SCRIPT = "=<script>alert(1)</script><img src=x onerror=alert(1)>&amp;'\""
BIDI = "\u202eevil\u202d \u2067turned\u2069 \u200b\ufeff\u202e"
PILES = "👩\u200d👩\u200d👧\u200d👦🏴\U000e0067\U000e007f Z" + "\u0351\u0323\u034d" * 40 + "algo"
LONG = "W" * 10_000

# What outsiders choose and the database lets be called otherwise afterwards: its label, and the
# columns of it that pages show.
NAMED = {
    "accounts.User": ["name"],
    "accounts.Organisation": ["name"],
    "accounts.ApiKey": ["name"],
    "webhooks.Endpoint": ["description"],
    "uploads.Upload": ["file_name"],
    "catalog.Sender": ["name"],
    "catalog.Platform": ["name"],
    "catalog.ModelVersion": ["name", "version"],
    "catalog.Party": ["name"],
    "catalog.Work": ["title", "version", "collection"],
    "catalog.Track": ["title", "version", "artist", "release_title"],
    "catalog.Consent": ["basis"],
    "deliveries.Delivery": ["name"],
    "claims.Claim": ["title", "party_name", "basis"],
    "claims.Conflict": ["title"],
    "disputes.Dispute": ["title"],
    "duplicates.Merge": ["reason"],
    "quality.Finding": ["subject_name"],
    "royalty.SentFile": ["name"],
}


def rename_everything(town: Town, name: str) -> None:
    """Call all that outsiders name by this name, as far as each column takes it."""
    with changing(by=town.acme.ann, reason=name[:200], source="admin"):
        for label, columns in NAMED.items():
            _rename(label, columns, name)


def _rename(label: str, columns: list[str], name: str) -> None:
    model = apps.get_model(label)
    for row in model.objects.order_by("pk"):
        called = {column: _fitted(model, column, name, row.pk) for column in columns}
        model.objects.filter(pk=row.pk).update(**called)


def _fitted(model: type, column: str, name: str, pk: object) -> str:
    """The name in the length of a column, and unlike that of other rows."""
    longest = model._meta.get_field(column).max_length or len(name)  # type: ignore[attr-defined]
    mark = f" {pk}"[-8:]
    return name[: longest - len(mark)] + mark
