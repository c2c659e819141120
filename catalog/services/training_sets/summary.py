"""The public summary of what a model was trained on, as far as the catalogue knows it.

Sections and labels follow the template for the public summary of training content that Article
53(1)(d) of Regulation (EU) 2024/1689 (AI Act) asks for: the Commission's template of 24 July 2025,
adopted as C(2025) 8311 of 5 December 2025. What only the provider knows is marked so and left open;
nothing is guessed. The figures are sums over `items.items_of`, so that the list proves them.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count

from catalog.media import MIDI
from catalog.models import ExclusionReason, TrainingRole, TrainingSet
from catalog.services.training_sets.items import Item

TEMPLATE = (
    "Template for the public summary of training content (Article 53(1)(d) of Regulation (EU) "
    "2024/1689), European Commission, 24 July 2025"
)
OPEN = "To be written by the provider."
NOT_SAID = "not said"
_MILLISECONDS_AN_HOUR = 3_600_000


@dataclass(frozen=True)
class Entry:
    """One line of a section; where the provider has to write it, `text` is `OPEN`."""

    label: str
    text: str = OPEN

    @property
    def is_open(self) -> bool:
        return self.text == OPEN


@dataclass(frozen=True)
class Section:
    """A section of the template."""

    number: str
    title: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Figures:
    """What adds up over the list of tracks that the model was trained on; controls apart."""

    track_count: int
    work_count: int
    milliseconds: Mapping[str, int]  # by modality
    size_bytes: int
    licences: Mapping[str, int]  # tracks by licence, and so on
    sources: Mapping[str, int]
    languages: Mapping[str, int]
    genres: Mapping[str, int]
    isrc_prefixes: Mapping[str, int]
    consents: Mapping[str, int]
    released_from: str
    released_until: str
    control_count: int
    exclusions: Mapping[str, int]  # tracks by reason


@dataclass(frozen=True)
class Summary:
    """The whole summary, with the hash of the set that it is about."""

    model: str
    platform: str
    training_set_sha256: str
    frozen_as_of: str
    figures: Figures
    sections: Sequence[Section] = field(default_factory=tuple)
    template: str = TEMPLATE


def summary_of(training_set: TrainingSet, items: Sequence[Item]) -> Summary:
    """The summary of a set from its list (`items_of`)."""
    figures = _figures(training_set, items)
    version = training_set.model_version
    day = training_set.frozen_at.date().isoformat()
    return Summary(
        model=version.ref,
        platform=version.platform.name,
        training_set_sha256=training_set.digest,
        frozen_as_of=day,
        figures=figures,
        sections=(
            *_general(version.platform.name, version.ref, day, figures),
            *_sources(figures, items),
            *_processing(training_set, figures),
        ),
    )


def _figures(training_set: TrainingSet, items: Sequence[Item]) -> Figures:
    trained = [item for item in items if item.role == TrainingRole.TRAIN]
    milliseconds: Counter[str] = Counter()
    for item in trained:
        milliseconds[_modality(item)] += item.milliseconds
    released = sorted(item.released_on for item in trained if item.released_on)
    left_out = training_set.exclusions.values_list("reason")
    return Figures(
        track_count=len(trained),
        work_count=len({item.work for item in trained}),
        milliseconds=_sorted(milliseconds),
        size_bytes=sum(item.size_bytes for item in trained),
        licences=_counted(item.licence for item in trained),
        sources=_counted(_host(item.source_url) for item in trained),
        languages=_counted(item.language for item in trained),
        genres=_counted(item.genre for item in trained),
        isrc_prefixes=_counted(item.isrc[:2] for item in trained),
        consents=_counted(
            basis
            for item in trained
            for basis in (item.composition_consent, item.recording_consent)
            if basis
        ),
        released_from=released[0] if released else "",
        released_until=released[-1] if released else "",
        control_count=len(items) - len(trained),
        exclusions=_sorted(dict(left_out.annotate(Count("track", distinct=True)).order_by())),
    )


def _modality(item: Item) -> str:
    return "symbolic music" if item.media_type == MIDI.media_type else "audio"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _counted(values: Iterable[str]) -> dict[str, int]:
    return _sorted(Counter(value or NOT_SAID for value in values))


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _general(platform: str, model: str, day: str, figures: Figures) -> list[Section]:
    sizes = [
        Entry(f"Modality: {modality}", f"{milliseconds / _MILLISECONDS_AN_HOUR:,.2f} hours")
        for modality, milliseconds in figures.milliseconds.items()
    ]
    released = (
        f"Released from {figures.released_from} to {figures.released_until}, where it is known."
        if figures.released_from
        else "The catalogue knows no days of release."
    )
    return [
        Section(
            "1.1",
            "Provider identification",
            [
                Entry("Provider name", platform),
                Entry("Provider contact details"),
                Entry("Authorised representative"),
            ],
        ),
        Section(
            "1.2",
            "Model identification",
            [
                Entry("Versioned model name", model),
                Entry("Model dependencies"),
                Entry("Date of placement of the model on the Union market"),
            ],
        ),
        Section(
            "1.3",
            "Modalities, overall training data size and other characteristics",
            [
                *sizes,
                Entry(
                    "Size",
                    f"{figures.track_count:,} tracks of {figures.work_count:,} works, "
                    f"{figures.size_bytes:,} bytes.",
                ),
                Entry("Types of content", f"Music. By genre: {_listed(figures.genres)}."),
                Entry("Latest date of data acquisition", f"Frozen as of {day}. {released}"),
                Entry("Linguistic characteristics", f"Words: {_listed(figures.languages)}."),
                Entry(
                    "Other relevant characteristics",
                    f"Prefixes of ISRCs: {_listed(figures.isrc_prefixes)}.",
                ),
                Entry("Data that did not come from the catalogue"),
            ],
        ),
    ]


def _sources(figures: Figures, items: Sequence[Item]) -> list[Section]:
    trained = [item for item in items if item.role == TrainingRole.TRAIN]
    free = [item for item in trained if _is_free(item.licence)]
    licensed = [item for item in trained if not _is_free(item.licence)]
    return [
        Section("2.1", "Publicly available datasets", _origin(free, "under a free licence")),
        Section(
            "2.2.1",
            "Datasets commercially licensed by rightsholders or their representatives",
            [
                *_origin(licensed, "by consent of the rights holders"),
                Entry("Consents by basis", f"{_listed(figures.consents)}."),
            ],
        ),
        Section("2.2.2", "Private datasets obtained from other third parties", [_other()]),
        Section(
            "2.3",
            "Data crawled and scraped from online sources",
            [
                Entry("From the catalogue", "None: every track came with a delivery."),
                _other(),
            ],
        ),
        Section("2.4", "User data", [_other()]),
        Section("2.5", "Synthetic data", [_other()]),
        Section("2.6", "Other sources of data", [_other()]),
    ]


def _is_free(licence: str) -> bool:
    """Creative Commons and the public domain, as SPDX writes them."""
    return licence.upper().startswith(("CC0", "CC-", "CC BY", "PD", "PUBLIC DOMAIN"))


def _origin(items: Sequence[Item], how: str) -> list[Entry]:
    return [
        Entry("Tracks", f"{len(items):,} {how}."),
        Entry("By licence", f"{_listed(_counted(item.licence for item in items))}."),
        Entry("By source", f"{_listed(_counted(_host(item.source_url) for item in items))}."),
    ]


def _other() -> Entry:
    return Entry("From elsewhere than the catalogue")


def _processing(training_set: TrainingSet, figures: Figures) -> list[Section]:
    reasons = {ExclusionReason(key).label: count for key, count in figures.exclusions.items()}
    left_out = _listed(reasons) if reasons else "none"
    return [
        Section(
            "3.1",
            "Respect of reservation of rights from text and data mining",
            [
                Entry(
                    "Measures",
                    "A track is in only if each right that training touches was agreed to, and no "
                    "rights holder had opted out, on the day of freezing. Opt-outs are kept by "
                    "right, use, model version and day, and can be read by machines.",
                ),
                Entry("Tracks asked for and left out, by reason", f"{left_out}."),
                Entry("Signatory of the Code of Practice"),
                Entry("Copyright policy and point of contact"),
            ],
        ),
        Section("3.2", "Removal of illegal content", [Entry("Measures")]),
        Section(
            "3.3",
            "Other information",
            [
                Entry(
                    "Proof",
                    f"The training set is frozen; the sha256 over its list is "
                    f"{training_set.digest}.",
                ),
                Entry(
                    "Controls",
                    f"{figures.control_count:,} more tracks are compared with what the model "
                    "generates and were never trained on.",
                ),
                Entry("Comments"),
            ],
        ),
    ]


def _listed(counts: Mapping[str, int]) -> str:
    return "; ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def _json(summary: Summary) -> bytes:
    document: dict[str, Any] = asdict(summary)
    for section in document["sections"]:
        for entry in section["entries"]:
            entry["by"] = "provider" if entry["text"] == OPEN else "catalogue"
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _markdown(summary: Summary) -> bytes:
    lines = [
        "# Public summary of training content",
        "",
        f"{summary.template}. About {_escaped(summary.model)} of {_escaped(summary.platform)}, "
        f"training set `{summary.training_set_sha256}`, frozen as of {summary.frozen_as_of}.",
    ]
    for section in summary.sections:
        lines += ["", f"## {section.number} {section.title}", ""]
        for entry in section.entries:
            text = f"**{entry.text}**" if entry.is_open else _escaped(entry.text)
            lines.append(f"- {entry.label}: {text}")
    return ("\n".join(lines) + "\n").encode()


def _escaped(text: str) -> str:
    """Text from outside, so that it stays text."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in text)


SUMMARY_FORMATS: Mapping[str, Callable[[Summary], bytes]] = {"json": _json, "md": _markdown}
