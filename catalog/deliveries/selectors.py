"""Reading deliveries: who may see which, a preview, and where a field came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Organisation
from catalog.deliveries.models import Delivery, DeliveryRow
from catalog.manifest import Outcome
from catalog.manifest.columns import PARTY_IDS, ROLES
from catalog.models import Sender, Track, Work

MOST_FAULTS_SHOWN = 20
_IN_SHARES = ("", "_share_pct", *(f"_{kind}" for kind in PARTY_IDS))
# Which columns a change is about that is not called as its column.
_COLUMNS_OF = {
    f"{right} shares": {
        *(f"{role}{suffix}" for role, of in ROLES.items() if of == right for suffix in _IN_SHARES),
        "shares_from",
        "territory",
    }
    for right in ("composition", "recording")
} | {
    "credits": {f"{role}{suffix}" for role in ROLES for suffix in _IN_SHARES},
    "consent": {"consent_from", "consent_basis", "consent_until"},
    "title": {"title", "work_title"},
    "file": {"file", "sha256"},
}


@dataclass(frozen=True)
class FieldOrigin:
    """Where what a field says came from: the file, the row in it, and who brought it."""

    field: str
    value: str  # as it was delivered
    delivery: Delivery
    number: int
    place: str
    sender: Sender | None
    person: str
    at: datetime


def senders_of(organisation: Organisation) -> QuerySet[Sender]:
    """The senders for which an organisation's people and programs deliver."""
    return Sender.objects.filter(organisation=organisation)


def deliveries_of(organisation: Organisation) -> QuerySet[Delivery]:
    """What an organisation delivered, or was delivered for its senders."""
    return Delivery.objects.filter(sender__organisation=organisation).select_related("sender")


def first_faults(delivery: Delivery) -> list[DeliveryRow]:
    """The first rows at fault or in quarantine, for a preview."""
    shown = delivery.rows.filter(outcome__in=[Outcome.REJECTED, Outcome.QUARANTINED])
    return list(shown.order_by("number")[:MOST_FAULTS_SHOWN])


def lineage_of(item: Track | Work) -> list[FieldOrigin]:
    """For each field that deliveries said something about, the last row that set it; by field."""
    origins: dict[str, FieldOrigin] = {}
    for row in _written_rows(item):
        for field in _set_by(row):
            if field not in origins:
                origins[field] = _origin(row, field)
    return [origins[field] for field in sorted(origins)]


def _written_rows(item: Track | Work) -> QuerySet[DeliveryRow]:
    """The rows that wrote a track, or a work through itself or its tracks, newest first."""
    of_item = Q(kind=DeliveryRow.Kind.TRACK, ref=item.ref)
    if isinstance(item, Work):
        tracks = item.tracks.values("ref")
        of_item = Q(kind=DeliveryRow.Kind.WORK, ref=item.ref)
        of_item |= Q(kind=DeliveryRow.Kind.TRACK, ref__in=tracks)
    written = DeliveryRow.objects.filter(of_item, is_written=True)
    related = written.select_related("delivery__sender", "delivery__made_by")
    return related.order_by("-delivery__finished_at", "-delivery_id", "-number")


def _set_by(row: DeliveryRow) -> Iterator[str]:
    """The columns of a row that the catalogue took over."""
    if row.outcome == Outcome.CREATED:
        yield from (name for name, cell in row.cells.items() if cell)
    elif row.outcome == Outcome.CHANGED:
        for change in row.changes:
            columns = _COLUMNS_OF.get(change, {change})
            yield from (name for name in row.cells if name in columns)


def _origin(row: DeliveryRow, field: str) -> FieldOrigin:
    delivery = row.delivery
    return FieldOrigin(
        field=field,
        value=row.cells[field],
        delivery=delivery,
        number=row.number,
        place=row.place,
        sender=delivery.sender,
        person=delivery.made_by.email if delivery.made_by else "",
        at=delivery.finished_at or delivery.received_at,
    )
