"""One SoundRecording of a NewReleaseMessage as cells; knows the elements, not how they are found.

Element names are those of DDEX ERN 4.1.1, 4.2 and 4.3 (release-notification.xsd); where the
versions differ, both places are looked at. Namespaces are left out of the names before.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.formats.ern_roles import CONTRIBUTOR_ROLES, DISPLAY_ARTIST_ROLES
from catalog.formats.parties import SEPARATOR, cells_of_parties
from catalog.formats.source import CellFault

Element = Any  # lxml's elements have no types of their own
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_IDENTIFIER = re.compile(r"[^A-Za-z0-9._:-]+")
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
WORLDWIDE = {"Worldwide": "WW"}


@dataclass(frozen=True)
class Release:
    """What the rows of a release's recordings take from it."""

    title: str
    ean: str
    released_on: str
    genre: str
    label: str  # a party's reference


@dataclass
class Message:
    """What stands around the recordings."""

    parties: dict[str, dict[str, str]] = field(default_factory=dict)  # by reference
    release_of: dict[str, Release] = field(default_factory=dict)  # by a recording's reference


def text(element: Element, path: str) -> str:
    """The text at a path below an element, of the default or the first that has any."""
    found = [each for each in element.findall(path) if (each.text or "").strip()]
    default = next((each for each in found if each.get("IsDefault") == "true"), None)
    chosen = default if default is not None else next(iter(found), None)
    return "" if chosen is None else " ".join(chosen.text.split())


def title_of(element: Element) -> tuple[str, str]:
    """The display title and its subtitle."""
    titles = element.findall("DisplayTitle")
    default = next((each for each in titles if each.get("IsDefault") == "true"), None)
    chosen = default if default is not None else next(iter(titles), None)
    if chosen is not None and text(chosen, "TitleText"):
        return text(chosen, "TitleText"), text(chosen, "SubTitle")
    return text(element, "DisplayTitleText"), ""


def party_of(element: Element) -> tuple[str, dict[str, str]]:
    """A Party's reference, and its particulars by the ending of their column."""
    name = text(element, "PartyName/FullName") or " ".join(
        part
        for each in ("NamesBeforeKeyName", "KeyName", "NamesAfterKeyName")
        if (part := text(element, f"PartyName/{each}"))
    )
    particulars = {
        "": name,
        "_ipi": text(element, "PartyId/IpiNameNumber"),
        "_isni": text(element, "PartyId/ISNI"),
        "_ddex": text(element, "PartyId/DPID"),
    }
    return text(element, "PartyReference"), {key: each for key, each in particulars.items() if each}


def release_of(element: Element) -> tuple[list[str], Release]:
    """A Release or TrackRelease, with the references of the recordings that it holds."""
    references = [(each.text or "").strip() for each in element.iter("ReleaseResourceReference")]
    day = text(element, "OriginalReleaseDate") or text(element, "ReleaseDate")
    return references, Release(
        title=title_of(element)[0],
        ean=text(element, "ReleaseId/ICPN"),
        released_on=day if _DAY.fullmatch(day) else "",
        genre=text(element, "Genre/GenreText"),
        label=text(element, "ReleaseLabelReference") or text(element, "LabelName"),
    )


def cells_of(recording: Element, message: Message) -> dict[str, str]:
    """The cells of a SoundRecording.

    Raises:
        CellFault: it has no identifier that stays, or says what no cell can.
    """
    reference = text(recording, "ResourceReference")
    edition = _edition(recording)
    release = message.release_of.get(reference)
    title, version = title_of(recording)
    isrc = text(edition, "ResourceId/ISRC")
    iswc = text(recording, "WorkId/ISWC")
    cells = {
        "track_id": _track_id(isrc, text(edition, "ResourceId/ProprietaryId"), reference),
        "isrc": isrc,
        "title": title,
        "version": version,
        "artist": text(recording, "DisplayArtistName"),
        "work_id": iswc.replace(".", "").replace("-", ""),  # so that its recordings share a work
        "iswc": iswc,
        "language": text(recording, "LanguageOfPerformance"),
        "released_on": _released_on(recording, release),
        "territory": _territory(recording),
        **_file(edition),
    }
    if release is not None:
        cells |= {
            "release_title": release.title,
            "release_ean": release.ean,
            "genre": release.genre,
        }
    cells |= _parties(recording, edition, release, message)
    return {name: cell for name, cell in cells.items() if cell}


def _edition(recording: Element) -> Element:
    """Where the identifiers and files stand: ERN 4.3 has editions, of which stereo comes first."""
    editions = recording.findall("SoundRecordingEdition")
    plain = (each for each in editions if text(each, "Type") in ("", "NonImmersiveEdition"))
    return next(plain, editions[0] if editions else recording)


def _track_id(isrc: str, proprietary: str, reference: str) -> str:
    """What names the recording in every message: its ISRC, or else the sender's own identifier."""
    identifier = isrc.replace("-", "") or _NO_IDENTIFIER.sub("-", proprietary).strip("-")
    if not identifier:
        raise CellFault(
            "isrc",
            f"The recording has neither an ISRC nor a ProprietaryId; {reference or 'its place'} "
            "alone names it in this message only.",
        )
    return identifier


def _released_on(recording: Element, release: Release | None) -> str:
    day = text(recording, "FirstPublicationDate") or text(
        recording, "FirstPublicationDate/FulfillmentDate"
    )
    if _DAY.fullmatch(day):
        return day
    return "" if release is None else release.released_on


def _file(edition: Element) -> dict[str, str]:
    """The whole recording's file; previews and clips are passed over."""
    for details in edition.findall("TechnicalDetails"):
        if "true" in (text(details, "IsPreview"), text(details, "IsClip")):
            continue
        for file in (*details.findall("DeliveryFile/File"), *details.findall("File")):
            name = text(file, "URI") or text(file, "FileName")
            if name:
                hash_sum = text(file, "HashSum/HashSumValue") or text(file, "HashSum/HashSum")
                kind = text(file, "HashSum/Algorithm") or text(file, "HashSum/HashSumAlgorithmType")
                is_sha256 = kind.upper().startswith(("SHA2", "SHA-2")) and _SHA256.fullmatch(
                    hash_sum
                )
                return {"file": name, "sha256": hash_sum if is_sha256 else ""}
    return {}


def _territory(recording: Element) -> str:
    """Where the rights of all controllers hold, which one row can say only if it is one place."""
    places = {
        SEPARATOR.join(sorted((each.text or "").strip() for each in found))
        for controller in recording.findall("ResourceRightsController")
        if (
            found := [
                *controller.iter("TerritoryOfRightsDelegation"),
                *controller.iter("Territory"),
            ]
        )
    }
    if len(places) > 1:
        raise CellFault(
            "territory",
            "The rights controllers hold in different territories, which is not read; send one "
            "row for each territory as CSV.",
        )
    codes = next(iter(places), "").split(SEPARATOR)
    return "+".join(WORLDWIDE.get(code, code) for code in codes)


def _parties(
    recording: Element, edition: Element, release: Release | None, message: Message
) -> dict[str, str]:
    named: dict[str, dict[frozenset[tuple[str, str]], dict[str, str]]] = {}

    def add(role: str, party: dict[str, str]) -> None:
        """Name a party, once however often the message says the same of it."""
        named.setdefault(role, {})[frozenset(party.items())] = party

    for role, reference in _credits(recording, edition):
        add(role, _named(message.parties, reference, role))
    for role, tag in (("label", "ResourceRightsController"), ("publisher", "WorkRightsController")):
        controllers = recording.findall(tag)
        if controllers:
            named.pop(role, None)
        for controller in controllers:
            reference = text(controller, "RightsControllerPartyReference")
            share = _percent(text(controller, "RightSharePercentage"))
            add(role, _named(message.parties, reference, role) | {"_share_pct": share})
    if "label" not in named and release is not None and release.label:
        # ERN 4 names a party; some senders write the label's name itself.
        add("label", message.parties.get(release.label, {"": release.label}))
    if "label" not in named and (company := text(edition, "PLine/PLineCompany")):
        add("label", {"": company})
    cells: dict[str, str] = {}
    for role, parties in named.items():
        cells |= cells_of_parties(role, list(parties.values()))
    return cells


def _credits(recording: Element, edition: Element) -> Iterator[tuple[str, str]]:
    """(our role, party reference) of artists and contributors, in their order."""
    for artist in recording.findall("DisplayArtist"):
        reference = text(artist, "ArtistPartyReference")
        for role in DISPLAY_ARTIST_ROLES.get(_role(artist, "DisplayArtistRole"), ("performer",)):
            yield role, reference
    for contributor in (*recording.findall("Contributor"), *edition.findall("EditionContributor")):
        reference = text(contributor, "ContributorPartyReference")
        for element in contributor.findall("Role"):
            for role in CONTRIBUTOR_ROLES.get(_role(element, "."), ()):
                yield role, reference


def _role(element: Element, path: str) -> str:
    """A role, which 4.3.1 writes into a Value of its own."""
    return text(element, path) or text(element, f"{path}/Value")


def _named(parties: Mapping[str, dict[str, str]], reference: str, role: str) -> dict[str, str]:
    party = parties.get(reference)
    if party is None or not party.get(""):
        raise CellFault(role, f"The party {reference or '(none)'} has no name in the PartyList.")
    return party


def _percent(written: str) -> str:
    """A percentage without the zeros that say nothing: 100.00 is 100."""
    return written.rstrip("0").rstrip(".") if "." in written else written
