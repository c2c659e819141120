"""The catalogue: every type of event there is, when it happens, and what it says.

An event says little: ids, a status, and the address where the rest is read with a key. It never
holds a secret, money, or another party's data. What is not in here cannot be emitted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One thing that an event says."""

    schema: Schema  # JSON Schema
    example: Any


@dataclass(frozen=True)
class EventType:
    """A kind of event. `when` is a sentence for those who receive it."""

    name: str
    when: str
    fields: Mapping[str, Field]

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of `data`."""
        return {
            "type": "object",
            "required": list(self.fields),
            "properties": {name: dict(field.schema) for name, field in self.fields.items()},
        }

    def example(self) -> dict[str, Any]:
        return {name: field.example for name, field in self.fields.items()}


class UnknownEvent(ValueError):
    """An event that the catalogue does not know, or that says other things than it promises."""


CATALOGUE: dict[str, EventType] = {}


def checked(event_type: str, data: Mapping[str, Any]) -> None:
    """Hold an event against the catalogue.

    Raises:
        UnknownEvent: there is no such type, or it has other fields.
    """
    if event_type not in CATALOGUE:
        raise UnknownEvent(f"The catalogue of events has no {event_type!r}.")
    promised = set(CATALOGUE[event_type].fields)
    if set(data) != promised:
        different = ", ".join(sorted(set(data) ^ promised))
        raise UnknownEvent(f"{event_type} says other things than the catalogue: {different}.")


def _event(name: str, when: str, /, **fields: Field) -> None:
    CATALOGUE[name] = EventType(name, when, fields)


def _text(description: str, example: str, **more: Any) -> Field:
    return Field({"type": "string", "description": description, **more}, example)


def _id(description: str, example: str) -> Field:
    return _text(description, example, format="uuid")


def _url(description: str, path: str) -> Field:
    return _text(description, f"https://tantieme.example{path}", format="uri")


def _number(description: str, example: int) -> Field:
    return Field({"type": "integer", "description": description}, example)


def _list(description: str, example: list[str]) -> Field:
    items = {"type": "string"}
    return Field({"type": "array", "items": items, "description": description}, example)


def _day(description: str, example: str) -> Field:
    return _text(description, example, format="date")


_PIECE = "01a201d9-c1e9-77df-b02a-87e72f09d037"
_SENT = "01a201da-5d2c-7b40-a1c3-9f0e8d7c6b5a"
_JOB = "01a201da-0b7e-7d11-9f4e-5a3f6c1b2d90"
_CONTESTED = "01a201dd-4b6f-7c22-8e0d-1f3a5b7c9d2e"
_CHALLENGE = "01a201dc-7e1a-7f3b-9c55-2d4e6f8a0b1c"
_GENERATION: dict[str, Field] = {
    "generation": _id("Our id for the piece.", _PIECE),
    "external_id": _text("Your name for it.", "song-000123"),
    "run": _id("The run that measured it.", "01a201da-3c5f-7aa2-8d11-0e9b7c6f5a43"),
    "url": _url("Its attribution.", f"/api/v1/generations/{_PIECE}/attribution"),
}
_PERIOD: dict[str, Field] = {
    "period": _number("Our id for the period.", 12),
    "contract": _text("The contract's code.", "studio-2026"),
    "starts_on": _day("Its first day.", "2026-10-01"),
    "ends_on": _day("The day after its last.", "2026-11-01"),
    "url": _url("The period.", "/api/v1/periods/12"),
}
_INVOICE: dict[str, Field] = {
    "invoice": _number("Our id for the invoice.", 7),
    "number": _text("The invoice's number.", "INV-2026-0001"),
    "contract": _text("The contract's code.", "studio-2026"),
    "url": _url("The invoice.", "/api/v1/invoices/7"),
}
_INTAKE: dict[str, Field] = {
    "job": _id("The job that read the file.", _JOB),
    "intake_file": _id("Our id for the file.", _SENT),
    "kind": _text("What it reports.", "usage", enum=["usage", "revenue"]),
    "url": _url(
        "The file, with the way to the result of each line.", f"/api/v1/intake-files/{_SENT}"
    ),
}
_CONFLICT: dict[str, Field] = {
    "conflict": _id("Our id for the conflict.", _CONTESTED),
    "right": _text("Which right.", "composition", enum=["composition", "recording"]),
    "title": _text("How the work or the track is called.", "Heidenröslein"),
    "url": _url("The page on which its sides speak.", f"/conflicts/{_CONTESTED}/"),
}

_event(
    "ping",
    "You asked for a test.",
    message=_text("A greeting.", "It works."),
)
_event(
    "generation.attributed",
    "A piece was attributed: what shaped it can be read. It may happen again, when a piece is "
    "measured anew; the last one counts.",
    **_GENERATION,
)
_event(
    "generation.attribution_failed",
    "A piece could not be attributed, or what was measured must not be paid by.",
    **_GENERATION,
    reason=_text("Why.", "One pattern explains 97% of the scores."),
)
_event(
    "job.finished",
    "A job that was asked for in your name has ended, well or not.",
    job=_id("The job.", _JOB),
    kind=_text("What was done.", "attribution.attribute"),
    outcome=_text("How it ended.", "succeeded", enum=["succeeded", "failed"]),
    url=_url("The job.", f"/api/v1/jobs/{_JOB}"),
)
_event(
    "challenge.created",
    "Features that you computed of a piece were drawn: open the segments that were drawn.",
    generation=_id("Our id for the piece.", _PIECE),
    external_id=_text("Your name for it.", "song-000123"),
    challenge=_id("The challenge.", _CHALLENGE),
    due_at=_text("Until when.", "2026-11-09T12:00:00+00:00", format="date-time"),
    url=_url("The challenge.", f"/api/v1/challenges/{_CHALLENGE}"),
)
_event(
    "features.refuted",
    "Features that you computed are not the piece's: they count for nobody.",
    generation=_id("Our id for the piece.", _PIECE),
    external_id=_text("Your name for it.", "song-000123"),
    reason=_text("What was found.", "Recomputed by us, the rows of the segments 3 are others."),
    url=_url("What is known of them.", f"/api/v1/generations/{_PIECE}/verification"),
)
_event(
    "model_version.ready",
    "The features of a model version are sealed: its pieces are attributed from now on.",
    model_version=_text("What you send as `model_version`.", "lieder@1"),
    feature_store_sha256=_text("Of the features.", "f57cf4bd" * 8),
)
_event(
    "intake.taken",
    "A file of usage or revenue that you uploaded was taken in.",
    **_INTAKE,
    new=_number("How many of its events count from now on.", 999_990),
    known=_number("How many were known before.", 10),
    refused=_number("How many lines were refused; the result of each line says why.", 0),
)
_event(
    "intake.refused",
    "A file of usage or revenue that you uploaded was refused; nothing in it counts.",
    **_INTAKE,
    reason=_text("Why.", "The file is cut off: its gzip stream does not end."),
)
_event(
    "period.closed",
    "A period was closed: its figures are final.",
    **_PERIOD,
)
_event(
    "period.published",
    "A period's statements were shown to the payees.",
    **_PERIOD,
)
_event(
    "invoice.issued",
    "We wrote you an invoice.",
    **_INVOICE,
    due_on=_day("Pay it until then.", "2026-12-02"),
)
_event(
    "invoice.settled",
    "What you paid covers an invoice in full.",
    **_INVOICE,
)
_event(
    "conflict.opened",
    "More than the whole is claimed of a right in which a party of yours has a share: the "
    "contested part of its money is held.",
    **_CONFLICT,
)
_event(
    "conflict.settled",
    "A conflict is over.",
    **_CONFLICT,
    outcome=_text("How it ended.", "agreed", enum=["agreed", "yielded", "decided", "mended"]),
)
_event(
    "consent.withdrawn",
    "A rights holder forbids the use of tracks that you may know. Training sets frozen as of that "
    "day or later are refused with them; models that were trained stay, and go on being attributed "
    "and paid for.",
    right=_text("Under which right.", "composition", enum=["composition", "recording"]),
    use=_text("What is forbidden.", "training", enum=["training", "attribution"]),
    model_version=_text("For which model of yours; empty for any.", "lieder@2"),
    since=_day("From which day.", "2026-12-01"),
    track_count=_number("Of how many tracks.", 2),
    tracks=_list("Their refs, a hundred at most.", ["lc4992483", "lc5729860"]),
    trained_models=_list("Your models that were trained on any of them.", ["lieder@1"]),
    url=_url("The consents that concern you; ask with `track` and `on`.", "/api/v1/consents"),
)
_event(
    "key.expiring",
    "One of your API keys expires within two weeks. Make another and change over.",
    prefix=_text("The part of the key that is no secret.", "tantieme_live_a1B2c3D4e5F6"),
    name=_text("What you called it.", "production"),
    expires_at=_text("When.", "2026-12-06T12:00:00Z", format="date-time"),
)
