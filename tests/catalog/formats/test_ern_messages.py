"""A DDEX message becomes a row for each recording; what is none is refused unread."""

import io

import pytest

from catalog.formats import ern_reader
from catalog.formats.child import Refused
from catalog.manifest import parse_row
from tests.catalog.formats.messages import message, recording
from tests.catalog.formats.reading import read

SONG_1 = {
    "track_id": "DEAB02600001",
    "isrc": "DEAB02600001",
    "work_id": "T0345246801",
    "iswc": "T0345246801",
    "title": "Song 1",
    "version": "Live",
    "artist": "The Lamplighters feat. Greta Gast",
    "language": "en",
    "released_on": "2026-01-01",
    "release_title": "Night Songs",
    "release_ean": "4006381333931",
    "genre": "Folk",
    "file": "resources/1.flac",
    "performer": "The Lamplighters",
    "performer_isni": "000000012281955X",
    "featured_performer": "Greta Gast",
    "session_performer": "Fiddle Fay",
    "composer": "Ada Adams",
    "composer_ipi": "00014107338",
    "lyricist": "Ben Brown",
    "publisher": "Song House",
    "label": "Harbour Records;Second Label",
    "label_ddex": "PADPIDA2014120301L;",
    "label_share_pct": "60;40",
}


def answers(content: bytes) -> list[dict]:
    """What the child would say, without starting one."""
    return list(ern_reader.read(io.BytesIO(content), {}))


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as refusal:
        answers(content)
    return str(refusal.value)


def test_a_message_is_read_through_the_child(tmp_path):
    found = read(tmp_path / "4006381333931.xml", message())
    assert found.errors == []
    assert [row.place for row in found.rows] == ["SoundRecording A1", "SoundRecording A2"]
    assert [row.number for row in found.rows] == [2, 3]
    assert found.rows[0].cells == SONG_1


@pytest.mark.parametrize("version", ["411", "42", "43", "431"])
@pytest.mark.parametrize("in_edition", [True, False])
def test_identifiers_and_files_stand_in_either_place(version, in_edition):
    (answer,) = answers(message(recording(1, in_edition=in_edition), version=version))
    assert answer["cells"] == SONG_1


def test_a_message_in_a_default_namespace_is_the_same():
    content = message().replace(b"xmlns:ern=", b"xmlns=").replace(b"ern:", b"")
    assert answers(content) == answers(message())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (message(version="382"), "The message is ERN 3.82; send ERN 4.1.1 or later."),
        (message(name="PurgeReleaseMessage"), "A PurgeReleaseMessage is not read"),
        (b"<html/>", "“html” is no DDEX ERN message"),
        (b"", "no whole XML document"),
        (b"PK\x03\x04", "no whole XML document"),
        (message()[:-40], "no whole XML document"),
        (message().replace(b"</PartyList>", b"</Partylist>"), "no whole XML document"),
        (message(recording(1, extra="<x>" * 300 + "</x>" * 300)), "no whole XML document"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_message_of_ours_is_refused(content, said):
    assert said in refused(content)


LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(12)
)


@pytest.mark.parametrize(
    "doctype",
    [
        LAUGHS + "]>",
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'>",
        "<!DOCTYPE x>",
    ],
    ids=["laughs", "file", "network", "plain"],
)
def test_entities_are_never_expanded_nor_fetched(doctype):
    assert "has a DOCTYPE" in refused(message(before=doctype).replace(b"Song 1", b"&a;"))


def fault(extra: str = "", **replaced: str) -> dict:
    text = recording(1, extra=extra)
    for old, new in replaced.values():
        text = text.replace(old, new)
    (answer,) = answers(message(text))
    return answer


def test_a_recording_that_cannot_be_a_row_is_its_own_fault():
    stranger = (
        "<Contributor><ContributorPartyReference>P77</ContributorPartyReference>"
        "<Role><Value>Composer</Value></Role></Contributor>"
    )
    answer = fault(stranger)
    assert (answer["column"], answer["fault"]) == (
        "composer",
        "The party P77 has no name in the PartyList.",
    )
    content = message(recording(1).replace("<ISRC>DEAB02600001</ISRC>", ""))
    assert "neither an ISRC nor a ProprietaryId" in answers(content)[0]["fault"]
    content = content.replace(
        b"<ResourceId></ResourceId>",
        b"<ResourceId><ProprietaryId>harbour/7 b</ProprietaryId></ResourceId>",
    )
    assert answers(content)[0]["cells"]["track_id"] == "harbour-7-b"


def with_territories(*codes: str) -> dict:
    text = recording(1)
    for code in codes:
        rights = (
            f"<DelegatedUsageRights><TerritoryOfRightsDelegation>{code}"
            "</TerritoryOfRightsDelegation></DelegatedUsageRights></ResourceRightsController>."
        )
        text = text.replace("</ResourceRightsController><", f"{rights}<", 1)
    return answers(message(text))[0]


def test_one_territory_is_read_and_several_are_refused():
    assert with_territories("Worldwide")["cells"]["territory"] == "WW"
    assert with_territories("DE", "DE")["cells"]["territory"] == "DE"
    assert "different territories" in with_territories("DE", "Worldwide")["fault"]


def test_a_message_without_recordings_says_so(tmp_path):
    found = read(tmp_path / "a.xml", message("<Image/>"))
    assert found.only_error == "manifest: The message holds no sound recordings."


def test_the_rows_are_rows_of_the_manifest():
    for number, answer in enumerate(answers(message()), start=2):
        row, errors, _ = parse_row(number, answer["cells"])
        assert errors == []
        assert row is not None
        assert {holder.role: holder.share_ppm for holder in row.holders if holder.share_ppm} == {
            "label": 400_000
        }
