"""What became of a work, a track or a party: who changed what, when, why, and from what.

Reads alone. The database shows a rights holder the changes of what it sees, and not which person
made them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Field, ForeignKey, Model

from catalog.models import Change, Consent, Credit, Party, Share, Track, Work
from catalog.models.identifiers import IdentifierField
from catalog.models.territories import TerritoryField
from catalog.owners import territory_as_kept

MODELS: dict[str, type[Model]] = {
    Change.Kind.WORK: Work,
    Change.Kind.TRACK: Track,
    Change.Kind.PARTY: Party,
    Change.Kind.SHARE: Share,
    Change.Kind.CREDIT: Credit,
    Change.Kind.CONSENT: Consent,
}
_SUBJECT = {Work: "of_work", Track: "of_track", Party: "of_party"}
_NOT_SHOWN = {"id", "created_at"}
PPM_A_PERCENT = 10_000


@dataclass(frozen=True)
class FieldChange:
    """A field in words, and what stood in it before and after; empty: nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One change of one row."""

    at: datetime
    operation: str  # made, altered, removed
    kind: str  # work, track, party, share, credit, consent
    what: str  # which one, such as "share of Ada Adams (composer)"
    actor: str  # for whom it was changed; empty: nobody said
    person: str  # who changed it, where the reader may know
    reason: str
    source: str
    fields: tuple[FieldChange, ...]


def changes_of(subject: Work | Track | Party) -> list[Entry]:
    """All changes of a work, a track or a party, newest first.

    A work's and a track's include those of the shares, credits and consents in it.
    """
    changes = list(
        Change.objects.filter(**{_SUBJECT[type(subject)]: subject.pk})
        .select_related("change_set__author__user")
        .order_by("pk")
    )
    names = _names(changes)
    rows: dict[tuple[str, int], dict[str, Any]] = {}  # each as it was last
    entries = []
    for change in changes:
        row = rows.setdefault((change.kind, change.object_id), {})
        row.update(change.before or {}, **(change.after or {}))
        entries.append(_entry(change, row, names))
    return entries[::-1]


def _entry(change: Change, row: Mapping[str, Any], names: Mapping[Any, str]) -> Entry:
    said = change.change_set
    author = getattr(said, "author", None)
    return Entry(
        at=change.at,
        operation=change.operation,
        kind=change.kind,
        what=_what(change.kind, row, names),
        actor=said.actor if said else "",
        person=str(author.user) if author else "",
        reason=said.reason if said else "",
        source=said.source if said else "",
        fields=tuple(_fields(change, names)),
    )


def _what(kind: str, row: Mapping[str, Any], names: Mapping[Any, str]) -> str:
    if kind in (Change.Kind.SHARE, Change.Kind.CREDIT):
        role = str(row.get("role", "")).replace("_", " ")
        return f"{kind} of {names.get((Party, row.get('party_id')), 'a party')} ({role})"
    if kind == Change.Kind.CONSENT:
        return f"consent for the {row.get('right', '')}"
    return f"{kind} {row.get('ref', '')}"


def _fields(change: Change, names: Mapping[Any, str]) -> Iterable[FieldChange]:
    before, after = change.before or {}, change.after or {}
    is_altered = change.operation == Change.Operation.ALTERED
    fields = {field.attname: field for field in MODELS[change.kind]._meta.concrete_fields}
    for column in before if is_altered else {**before, **after}:
        if column in _NOT_SHOWN or column not in fields:
            continue
        field = fields[column]
        pair = [_shown(field, side.get(column), names) for side in (before, after)]
        if any(pair):
            yield FieldChange(str(field.verbose_name), *pair)


def _shown(field: "Field[Any, Any]", value: Any, names: Mapping[Any, str]) -> str:
    """A column's value as JSON has it, in words."""
    if value is None or value == "":
        return ""
    if field.name == "share_ppm":
        return f"{value / PPM_A_PERCENT:g} %"
    match field:
        case ForeignKey():
            shown = names.get((field.related_model, value), f"number {value}")
        case TerritoryField():
            shown = str(territory_as_kept(value))
        case IdentifierField():
            shown = field.shown(value)
        case BooleanField():
            shown = "yes" if value else "no"
        case _:
            shown = str(dict(field.flatchoices).get(value, value))
    return shown


def _names(changes: Iterable[Change]) -> dict[Any, str]:
    """What the rows are called that changes point to: {(model, key): name}."""
    keys: dict[type[Model], set[int]] = {}
    for change in changes:
        for field in MODELS[change.kind]._meta.concrete_fields:
            if isinstance(field, ForeignKey):
                sides = (change.before or {}, change.after or {})
                found = {side[field.attname] for side in sides if side.get(field.attname)}
                keys.setdefault(field.related_model, set()).update(found)
    return {
        (model, row.pk): str(row)
        for model, wanted in keys.items()
        for row in model._default_manager.filter(pk__in=wanted)
    }
