"""The queue of duplicates: looking at a pair, seeing what follows for money, deciding, undoing."""

import pytest

from catalog.duplicates.models import Candidate, Merge
from catalog.models import Track
from catalog.services.outlines import draw_outline
from common.jobs.registry import ignore_progress
from tests.evidence.test_recordings import asset_of, tone
from tests.portal.people import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def oda(people):
    return people.oda


@pytest.fixture
def pair(people) -> Candidate:
    first, second = Track.objects.order_by("pk")[:2]
    return Candidate.objects.create(
        subject="track",
        first_track=first,
        second_track=second,
        kinds=["tune"],
        score_ppm=940_000,
        evidence={
            "tune": {
                "bars": [[1, 24], [1, 24]],
                "seconds": [[0, 40], [0, 43.2]],
                "transposition": -3,
                "slowdown_ppm": 1_087_000,
                "agreement_ppm": 940_000,
                "melody_ppm": 960_000,
            }
        },
    )


def decide(client, pair: Candidate, **said: str):
    fields = {"decision": "same", "chosen": str(pair.first.pk), "reason": "one song"}
    return client.post(f"/catalogue/duplicates/{pair.pk}/decide/", fields | said)


def test_the_queue_says_why_and_can_be_narrowed(oda, pair):
    page = text(oda.get("/catalogue/duplicates/"))
    assert "Bars 1–24 of A are bars 1–24 of B, 3 semitones lower, 8 % slower" in page
    for narrowed in ("?kind=file", "?subject=work", "?score=950000", "?status=merged"):
        assert "No pair is like that" in text(oda.get("/catalogue/duplicates/" + narrowed))
    assert oda.get("/catalogue/duplicates/?kind=nonsense&page=x&score=-1").status_code == 200


def test_two_recordings_are_heard_in_the_one_player(oda, pair):
    for track, hz in ((pair.first, 440), (pair.second, 880)):
        asset = asset_of(tone(hz))
        Track.objects.filter(pk=track.pk).update(asset=asset)
        draw_outline({"asset": asset.pk}, ignore_progress)
    page = oda.get(f"/catalogue/duplicates/{pair.pk}/").content.decode()
    assert page.count('id="player"') == 1
    assert page.count("<sound-picture") == 2
    for side, track in (("a", pair.first), ("b", pair.second)):
        assert f'src="/catalogue/tracks/{track.pk}/file/" data-of="{side}"' in page
        assert oda.get(f"/catalogue/tracks/{track.pk}/file/").status_code == 200


def test_a_merge_is_confirmed_with_what_it_does_to_money_and_can_be_undone(oda, pair):
    assert oda.get(f"/catalogue/duplicates/{pair.pk}/").status_code == 200
    asked = decide(oda, pair)
    assert "they get one part, not two" in text(asked)
    assert "These training sets have both: m 1 of Acme Music AI" in text(asked)
    assert "Closed periods and their statements stay" in text(asked)
    assert not Merge.objects.exists()
    unseen = decide(oda, pair, confirmed="yes")
    assert unseen.status_code == 422  # their shares differ, and nobody ticked
    done = decide(oda, pair, confirmed="yes", survivors_shares_count="yes")
    assert done.url == "/catalogue/duplicates/"
    [made] = Merge.objects.all()
    assert made.by.email == "oda@example.org"
    assert made.other == pair.second
    listed = oda.get("/catalogue/duplicates/merges/")
    assert "one song" in text(listed)
    undo = f"/catalogue/duplicates/merges/{made.pk}/"
    assert oda.get(undo).status_code == 200
    assert oda.post(undo + "undo/", {"reason": ""}).status_code == 422
    assert oda.post(undo + "undo/", {"reason": "two songs"}).status_code == 302
    assert Track.objects.get(pk=pair.second.pk).merged_into is None
    assert "undone" in text(oda.get("/catalogue/duplicates/merges/"))


@pytest.mark.parametrize("decision", ["versions", "distinct"])
def test_other_decisions_change_no_amount(oda, pair, decision):
    assert "no amount changes" in text(decide(oda, pair, decision=decision))
    assert decide(oda, pair, decision=decision, confirmed="yes").status_code == 302
    pair.refresh_from_db()
    assert pair.status == decision
    again = decide(oda, pair, decision="distinct", confirmed="yes")
    assert "decided already" in text(again)


@pytest.mark.parametrize(
    "said", [{"decision": "burn"}, {"reason": " "}, {"chosen": "999999"}, {"chosen": "one"}]
)
def test_what_cannot_be_decided_is_said(oda, pair, said):
    assert decide(oda, pair, **said).status_code == 422
    pair.refresh_from_db()
    assert pair.status == "open"


def test_nobody_else_decides(people, pair):
    for other in (people.ada, people.pia):
        assert other.get("/catalogue/duplicates/").status_code == 403
        assert decide(other, pair, confirmed="yes").status_code == 404
    assert people.nobody.get("/catalogue/duplicates/").status_code == 302
    pair.refresh_from_db()
    assert pair.status == "open"
