"""What platforms find in the catalogue, and what they learn about consents."""

from datetime import date
from typing import Any

import pytest

from catalog.models import Asset, Consent, ModelVersion, Track, Work
from tests.api.conftest import Caller, problem
from tests.api.test_models_and_training_sets import consent
from tests.royalty.cast import World, add_track


@pytest.fixture
def offered(world: World) -> dict[str, Track]:
    """A is offered to all, B to Acme's model, C to Bolt's; D to nobody; E until this summer."""
    found = {ref: add_track(world, ref, {}) for ref in "ABCDE"}
    found["R"] = _recording(world)
    consent(found["A"])
    consent(found["B"], model_version=ModelVersion.objects.get(platform=world.platform))
    consent(found["E"], valid_until=date(2026, 7, 1))
    consent(found["R"])
    return found


def _recording(world: World) -> Track:
    track = add_track(world, "R", {})
    Asset.objects.filter(pk=track.asset_id).update(media_type="audio/flac")
    track.asset.refresh_from_db()
    return track


def refs(caller: Caller, **filters: str) -> set[str]:
    response = caller.get("tracks", limit="100", **filters)
    assert response.status_code == 200, response.content
    return {row["ref"] for row in response.json()["data"]} - {"T1", "T2", "T3"}


def test_a_platform_finds_what_is_offered_to_it(acme, bolt, offered):
    consent(offered["C"], model_version=ModelVersion.objects.get(platform__code="bolt"))
    assert refs(acme) == {"A", "B", "E", "R"}
    assert refs(bolt) == {"A", "C", "E", "R"}
    problem(acme.get("tracks/D"), 404, "not-found")
    problem(acme.get("tracks/C"), 404, "not-found")
    problem(acme.get("works/work:D"), 404, "not-found")


def test_tracks_are_filtered(acme, offered):
    Track.objects.filter(ref="A").update(genre="lied", licence="CC0", title="Die Mainacht")
    assert refs(acme, ref="A") == refs(acme, genre="lied") == refs(acme, licence="CC0") == {"A"}
    assert refs(acme, title="mainACHT") == refs(acme, work="work:A") == {"A"}
    assert refs(acme, created_since="2999-01-01T00:00:00Z") == set()
    problem(acme.get("tracks", composer="Brahms"), 400, "unknown-parameter")


def test_tracks_are_found_by_their_identifiers_however_these_are_written(acme, offered):
    Track.objects.filter(ref="A").update(isrc="USRC17607839", derived_from=offered["B"])
    Work.objects.filter(ref="work:B").update(iswc="T0345246801")
    for written in ("USRC17607839", "us-rc1-76-07839", "ISRC US RC1 76 07839"):
        assert refs(acme, isrc=written) == {"A"}
    for written in ("T0345246801", "T-034.524.680-1"):
        assert refs(acme, iswc=written) == {"B"}
    assert refs(acme, isrc="USRC17607838") == set()
    said = problem(acme.get("tracks", iswc="T-034.524.680-2"), 400, "unknown-parameter")
    assert "would be 1" in said["errors"][0]["detail"]
    assert acme.get("tracks/A").json()["derived_from"] == "B"


def test_a_version_of_what_one_may_not_see_does_not_name_it(acme, offered):
    Track.objects.filter(ref="A").update(derived_from=offered["D"])
    Work.objects.filter(ref="work:A").update(derived_from=offered["D"].work)
    track = acme.get("tracks/A").json()
    assert track["derived_from"] is track["work"]["derived_from"] is None
    assert acme.get("works/work:A").json()["derived_from"] is None


def test_a_track_that_is_known_by_description_alone_has_no_file(acme, offered):
    Track.objects.filter(ref="A").update(asset=None)
    track = acme.get("tracks/A").json()
    assert [track[key] for key in ("media_type", "sha256", "size_bytes", "seconds")] == [None] * 4
    assert "A" in refs(acme)


def test_what_a_model_may_be_trained_on_needs_every_right(acme, offered):
    assert refs(acme, consented_for="m@1", on="2026-06-30") == {"A", "B", "E"}
    assert refs(acme, consented_for="m@1", on="2026-07-01") == {"A", "B"}
    consent(offered["R"], right="recording")
    assert refs(acme, consented_for="m@1", on="2026-07-01") == {"A", "B", "R"}
    problem(acme.get("tracks", consented_for="m@9"), 404, "not-found")


def test_a_track_and_its_work_say_nothing_of_who_owns_them(acme, offered):
    track = acme.get("tracks/A").json()
    assert track["sha256"] == offered["A"].asset.sha256
    work = acme.get("works/work:A").json()
    assert work == {
        "ref": "work:A",
        "title": "Song A",
        "version": "",
        "collection": "",
        "iswc": "",
        "language": "",
        "derived_from": None,
        "tracks": ["A"],
    }
    assert "party" not in str(track).lower()


def ask(caller: Caller, *tracks: str, **more: Any) -> Any:
    body = {"tracks": list(tracks), "model_version": "m@1", "on": "2026-06-01"} | more
    response = caller.post_json("consents/check", body)
    assert response.status_code == 200, response.content
    return response.json()


def test_consents_are_checked_track_by_track(acme, offered):
    answer = ask(acme, "E", "R", "D", "A")
    assert answer["is_allowed"] is False
    assert answer["tracks"] == [
        row("E", allowed=True, until="2026-07-01"),
        row("R", lacking=["recording"]),
        row("D", known=False),
        row("A", allowed=True),
    ]
    assert ask(acme, "A", "B")["is_allowed"] is True
    (ended,) = ask(acme, "E", on="2026-07-01")["tracks"]
    assert (ended["lacking"], ended["reasons"][0]["reason"]) == (["composition"], "consent_ended")


def row(
    track: str,
    *,
    known: bool = True,
    allowed: bool = False,
    lacking: list[str] | None = None,
    until: str | None = None,
) -> dict[str, Any]:
    return {
        "track": track,
        "is_known": known,
        "is_allowed": allowed,
        "lacking": lacking or [],
        "reasons": [
            {
                "right": right,
                "reason": "no_consent",
                "sentence": f"Nobody has agreed to training under its {right} on 2026-06-01.",
                "since": None,
            }
            for right in lacking or []
        ],
        "until": until,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"tracks": []},
        {"tracks": "A"},
        {"tracks": [1]},
        {"tracks": ["A"] * 501},
        {"model_version": "m@9"},
        {"on": "2026-02-30"},
        {"on": "yesterday"},
        {"model_version": None},
    ],
)
def test_a_question_is_taken_strictly(acme, offered, change):
    body = {"tracks": ["A"], "model_version": "m@1"} | change
    refused = problem(acme.post_json("consents/check", body), 422, "invalid")
    assert refused["errors"][0]["pointer"].startswith(f"/{next(iter(change))}")


def test_a_consent_that_was_withdrawn_shows(acme, offered):
    Consent.objects.filter(track=offered["A"]).update(valid_until=date(2026, 9, 1))
    (found,) = acme.get("consents", track="A").json()["data"]
    assert found["valid_until"] == "2026-09-01"
    assert acme.get("consents", track="A", on="2026-09-01").json()["data"] == []
    assert refs(acme, ref="A") == {"A"}


def test_what_was_agreed_with_others_is_no_business_of_a_platform(acme, bolt, offered):
    assert acme.get("consents", track="B").json()["data"][0]["model_version"] == "m@1"
    assert bolt.get("consents", track="B").json()["data"] == []


def test_the_catalogue_is_for_platforms(orla, offered):
    for path in ("tracks", "tracks/A", "works/work:A", "consents"):
        problem(orla.get(path), 403, "forbidden")
