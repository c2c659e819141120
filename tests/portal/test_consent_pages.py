"""The pages on which rights holders say what their tracks may be used for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.notices.models import Notice
from accounts.notices.services import choose
from catalog.models import Consent
from tests.portal.people import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def consents(month):
    """A delivery agreed to training by anybody."""
    for track in month.tracks.values():
        Consent.objects.create(
            track=track,
            right="composition",
            basis="licence 7",
            valid_from=timezone.localdate() - timedelta(300),
        )


def asked(**changes):
    today = timezone.localdate()
    asks = {"what": "withdraw", "right": "composition", "use": "training", "since": str(today)}
    return asks | {"everything": "on"} | changes


def test_the_page_shows_ones_own_tracks_and_what_holds(people, consents):
    page = text(people.ada.get("/consent/"))
    for said in ("Song T1", "you hold 100 %", "Song T3", "you hold 40 %", "agreed since"):
        assert said in page
    assert "Not allowed" not in page
    assert "Song T2" not in page
    assert "m 1 of Acme Music AI, trained on 2 of them as of 1 Sep 2026" in page


def test_nothing_is_said_before_the_page_of_consequences_is_confirmed(people, consents):
    page = text(people.ada.get("/consent/confirm/", asked()))
    assert "Forbid the use of 2 tracks" in page
    assert "m 1 was trained on 2 of them as of 1 Sep 2026" in page
    assert "goes on being attributed to you and paid for" in page
    assert not Consent.objects.filter(is_opt_out=True).exists()
    answer = people.ada.post("/consent/say/", asked(), follow=True)
    assert "Forbidden for 2 tracks." in text(answer)
    assert "forbidden by you since" in text(answer)
    rows = Consent.objects.filter(is_opt_out=True)
    assert sorted(rows.values_list("track__ref", flat=True)) == ["T1", "T3"]


def test_the_other_holder_sees_that_it_is_forbidden_and_cannot_take_it_back(people, consents):
    people.ada.post("/consent/say/", asked())
    page = text(people.cleo.get("/consent/"))  # acts for A and C together
    assert "forbidden by you" in page
    assert "Taken back for 2 tracks." in text(
        people.ada.post("/consent/say/", asked(what="lift"), follow=True)
    )
    assert "Taken back for 0 tracks." in text(
        people.ada.post("/consent/say/", asked(what="lift"), follow=True)
    )


def test_whoever_else_acts_for_it_is_told_of_an_act_once(people, consents):
    choose(User.objects.get(email="ada@example.org"), ["consent"])
    people.ada.post("/consent/say/", asked())
    (to_cleo,) = Notice.objects.all()
    assert (to_cleo.user.email, to_cleo.mail) == ("cleo@example.org", "waiting")
    assert "forbade a use of 2 tracks" in to_cleo.sentence
    people.cleo.post("/consent/say/", asked(since=str(timezone.localdate() + timedelta(1))))
    assert Notice.objects.count() == 2, "for both of Cleo's parties at once"
    to_ada = Notice.objects.get(user__email="ada@example.org")
    assert to_ada.mail == "unwanted"


def test_agreeing_leaves_out_what_others_have_a_part_in(people, consents):
    page = text(people.ada.get("/consent/confirm/", asked(what="agree")))
    assert "Agree to the use of 1 track" in page
    assert "Song T3: others hold 60 % of its composition" in page
    both = text(people.cleo.get("/consent/confirm/", asked(what="agree")))
    assert "Agree to the use of 2 tracks" in both


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"everything": ""}, "Choose tracks in the list"),
        ({"since": "2026-01-01"}, "from today or later"),
        ({"since": "soon"}, "Enter a valid date"),
        ({"what": "own"}, "not one of the available choices"),
        ({"model": "999999"}, "not one of the available choices"),
        ({"track": ["x"], "everything": ""}, "Choose tracks in the list"),
        ({"track": [str(n) for n in range(501)], "everything": ""}, "at most 500"),
    ],
)
def test_what_cannot_be_meant_is_asked_again(people, consents, changes, said):
    for method, path in (("get", "/consent/confirm/"), ("post", "/consent/say/")):
        answer = getattr(people.ada, method)(path, asked(**changes))
        assert answer.status_code == 422
        assert said in text(answer)
    assert not Consent.objects.exclude(party=None).exists()


def test_tracks_of_others_are_not_touched_by_naming_them(people, consents, month):
    theirs = month.tracks["T2"].pk
    people.ada.post("/consent/say/", asked(track=[str(theirs)], everything=""))
    assert not Consent.objects.exclude(party=None).exists()


def test_the_history_keeps_what_was_taken_back(people, consents):
    people.ada.post("/consent/say/", asked(reason="=for now"))
    people.ada.post("/consent/say/", asked(what="lift"))
    page = text(people.ada.get("/consent/history/"))
    assert "training forbidden" in page
    assert "taken back" in page
    assert "with a delivery (licence 7)" in page


def test_the_statement_is_a_file_of_ones_own_tracks(people, consents):
    people.ada.post("/consent/say/", asked())
    document = people.ada.get("/consent/statement.json").json()
    assert document["format"] == "tantieme-consent-statement/1"
    said = {
        (row["track"]["ref"], row["decision"], row["said_by"]) for row in document["statements"]
    }
    assert said == {
        *((ref, "opt_in", "delivery") for ref in ("T1", "T3")),
        *((ref, "opt_out", "A") for ref in ("T1", "T3")),
    }


@pytest.mark.parametrize("path", ["", "confirm/", "history/", "statement.json"])
def test_the_pages_are_for_rights_holders(people, path):
    for person in (people.pia, people.oda):
        assert person.get(f"/consent/{path}").status_code == 403
    assert people.nobody.get(f"/consent/{path}").status_code == 302
    assert people.nobody.post("/consent/say/").status_code == 302
