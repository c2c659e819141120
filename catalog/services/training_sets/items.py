"""What a training set holds, track by track, with the consent by which each is in it.

A list for whoever has to show what a model was trained on. It names no holder: what is agreed with
whom is no business of the platform's. The same set gives the same bytes, whoever writes it.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

import xlsxwriter
from django.db.models import prefetch_related_objects

from catalog.models import (
    Asset,
    Consent,
    Right,
    TrainingRole,
    TrainingSet,
    TrainingSetTrack,
    Use,
)
from catalog.services.consents import standings
from common.spreadsheets import defused

NOT_KNOWN = "no consent is known for that day any more"
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 no clock is read; the file has no zone


@dataclass(frozen=True)
class Item:
    """A member of a training set; what is not known is empty."""

    position: int
    role: str
    track: str
    isrc: str
    title: str
    version: str
    artist: str
    work: str
    work_title: str
    iswc: str
    language: str
    genre: str
    released_on: str
    media_type: str
    milliseconds: int
    size_bytes: int
    sha256: str
    licence: str
    source_url: str
    # Under which word it is in, of each right that training touches: from when, and by what.
    composition_consent: str
    composition_consent_from: str
    recording_consent: str
    recording_consent_from: str


COLUMNS = tuple(each.name for each in fields(Item))


def items_of(training_set: TrainingSet) -> list[Item]:
    """All members in the order of their positions."""
    members = list(training_set.members.order_by("position"))
    prefetch_related_objects(members, "track__work", "track__asset")
    sha256s = {member.asset_sha256 for member in members}
    assets = {asset.sha256: asset for asset in Asset.objects.filter(sha256__in=sha256s)}
    consents = _consents(training_set, members)
    return [
        _item(member, assets[member.asset_sha256], consents.get(member.track_id, {}))
        for member in members
    ]


def _consents(
    training_set: TrainingSet, members: Sequence[TrainingSetTrack]
) -> dict[int, Mapping[Right, Consent | None]]:
    """By which word each track was in on the day of freezing, of each right it touches."""
    found: dict[int, Mapping[Right, Consent | None]] = {}
    for use, is_trained in ((Use.TRAINING, True), (Use.ATTRIBUTION, False)):
        tracks = [
            member.track for member in members if (member.role == TrainingRole.TRAIN) == is_trained
        ]
        day = training_set.frozen_at.date()
        for standing in standings(tracks, training_set.model_version, on=day, use=use):
            lacking = dict.fromkeys(standing.lacking)
            found[standing.track.pk] = {**standing.by, **lacking}
    return found


def _item(member: TrainingSetTrack, asset: Asset, consents: Mapping[Right, Consent | None]) -> Item:
    track, work = member.track, member.track.work
    return Item(
        position=member.position,
        role=member.role,
        track=track.ref,
        isrc=track.isrc,
        title=track.title,
        version=track.version,
        artist=track.artist,
        work=work.ref,
        work_title=work.title,
        iswc=work.iswc,
        language=work.language,
        genre=track.genre,
        released_on=_day(track.released_on),
        media_type=asset.media_type,
        milliseconds=round(asset.seconds * 1000),
        size_bytes=asset.size_bytes,
        sha256=member.asset_sha256,
        licence=track.licence,
        source_url=track.source_url,
        composition_consent=_basis(consents, Right.COMPOSITION),
        composition_consent_from=_since(consents, Right.COMPOSITION),
        recording_consent=_basis(consents, Right.RECORDING),
        recording_consent_from=_since(consents, Right.RECORDING),
    )


def _basis(consents: Mapping[Right, Consent | None], right: Right) -> str:
    if right not in consents:
        return ""  # training touches no such right
    consent = consents[right]
    if consent is None:
        return NOT_KNOWN
    return consent.basis if consent.party_id is None else "said by the rights holder"


def _since(consents: Mapping[Right, Consent | None], right: Right) -> str:
    consent = consents.get(right)
    return "" if consent is None else _day(consent.valid_from)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _csv(items: Sequence[Item], _digest: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*COLUMNS, "training_set_sha256"])
    writer.writerows([*map(_cell, _values(item)), _digest] for item in items)
    return text.getvalue().encode()


def _ndjson(items: Sequence[Item], digest: str) -> bytes:
    lines = (
        json.dumps(asdict(item) | {"training_set_sha256": digest}, ensure_ascii=False)
        for item in items
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _xlsx(items: Sequence[Item], digest: str) -> bytes:
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"created": _CREATED, "title": f"Training set {digest}"})
    sheet = book.add_worksheet("Tracks")
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, [*COLUMNS, "training_set_sha256"])
    for number, item in enumerate(items, 1):
        sheet.write_row(number, 0, [*_values(item), digest])
    book.close()
    return content.getvalue()


def _values(item: Item) -> list[str | int]:
    return [getattr(item, name) for name in COLUMNS]


def _cell(value: str | int) -> str | int:
    return defused(value) if isinstance(value, str) else value


ITEM_FORMATS: Mapping[str, Callable[[Sequence[Item], str], bytes]] = {
    "csv": _csv,
    "ndjson": _ndjson,
    "xlsx": _xlsx,
}
