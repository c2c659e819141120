"""Who owned this on 3 May, what was believed of it once, and how it came to be so."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from catalog.history import changes_of
from catalog.models import Party, Right, Share, Track, Work
from catalog.owners import owners_as_known, owners_on, standing_of
from catalog.services.history import changing

pytestmark = pytest.mark.django_db

THIRD_OF_MAY, JULY = date(2026, 5, 3), date(2026, 7, 1)


@pytest.fixture
def song() -> Work:
    return Work.objects.create(ref="song", title="Song", iswc="T0345246801")


@pytest.fixture
def parties() -> dict[str, Party]:
    return {name: Party.objects.create(ref=name, name=name) for name in ("Ada", "Ben", "Cai")}


def own(party: Party, work: Work, ppm: int, **more: object) -> Share:
    fields = {"right": "composition", "role": "composer", "valid_from": date(2026, 1, 1)} | more
    return Share.objects.create(party=party, work=work, share_ppm=ppm, **fields)


def parts(owners) -> dict[str, int]:
    return {owner.party.name: owner.share_ppm for owner in owners}


def moment():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_who_owned_it_on_a_day_is_one_query(song, parties, django_assert_num_queries):
    own(parties["Ada"], song, 600_000, valid_until=THIRD_OF_MAY)
    own(parties["Ben"], song, 400_000, valid_from=THIRD_OF_MAY)
    own(parties["Cai"], song, 100_000)
    with django_assert_num_queries(1):
        assert parts(owners_on(song, Right.COMPOSITION, THIRD_OF_MAY)) == {
            "Ben": 400_000,
            "Cai": 100_000,
        }
    assert parts(owners_on(song, Right.COMPOSITION, date(2026, 5, 2))) == {
        "Ada": 600_000,
        "Cai": 100_000,
    }


def test_a_publisher_owns_the_world_but_for_its_sub_publishers_country(song, parties):
    own(parties["Ada"], song, 500_000, role="publisher", territory="WW-DE")
    own(parties["Ben"], song, 500_000, role="sub_publisher", territory="DE")
    assert parts(owners_on(song, Right.COMPOSITION, JULY, "DE")) == {"Ben": 500_000}
    assert parts(owners_on(song, Right.COMPOSITION, JULY, "AT")) == {"Ada": 500_000}
    assert parts(owners_on(song, Right.COMPOSITION, JULY)) == {"Ada": 500_000}
    now = moment()
    assert parts(owners_as_known(song, Right.COMPOSITION, JULY, at=now, country="DE")) == {
        "Ben": 500_000
    }


def test_what_was_believed_then_is_told_from_what_is_known_now(song, parties):
    nothing = moment()
    share = own(parties["Ada"], song, 600_000)
    first = moment()
    Share.objects.filter(pk=share.pk).update(share_ppm=500_000)
    own(parties["Ben"], song, 500_000, valid_from=THIRD_OF_MAY)
    second = moment()
    share.delete()

    def believed(at) -> dict[str, int]:
        return parts(owners_as_known(song, Right.COMPOSITION, THIRD_OF_MAY, at=at))

    assert believed(nothing) == {}
    assert believed(first) == {"Ada": 600_000}
    assert believed(second) == {"Ada": 500_000, "Ben": 500_000}
    assert (
        believed(moment())
        == {"Ben": 500_000}
        == parts(owners_on(song, Right.COMPOSITION, THIRD_OF_MAY))
    )


def test_a_share_that_passed_to_another_work_was_the_first_ones(song, parties):
    other = Work.objects.create(ref="other", title="Other")
    share = own(parties["Ada"], song, 1_000_000)
    before = moment()
    Share.objects.filter(pk=share.pk).update(work=other)
    after = moment()
    for work, owned in ((song, [True, False]), (other, [False, True])):
        known = [owners_as_known(work, Right.COMPOSITION, JULY, at=at) for at in (before, after)]
        assert [bool(each) for each in known] == owned


def test_a_tracks_composition_is_its_works_and_its_recording_its_own(song, parties):
    track = Track.objects.create(ref="t", work=song, title="T")
    own(parties["Ada"], song, 1_000_000)
    Share.objects.create(
        party=parties["Ben"],
        track=track,
        right="recording",
        role="label",
        share_ppm=1_000_000,
        valid_from=date(2026, 1, 1),
    )
    assert parts(owners_on(track, Right.COMPOSITION, JULY)) == {"Ada": 1_000_000}
    assert parts(owners_on(track, Right.RECORDING, JULY)) == {"Ben": 1_000_000}
    at = moment()
    assert parts(owners_as_known(track, Right.COMPOSITION, JULY, at=at)) == {"Ada": 1_000_000}
    with pytest.raises(ValueError, match="song is a work"):
        owners_on(song, Right.RECORDING, JULY)


def test_what_does_not_add_up_is_visible(song, parties):
    assert standing_of(song, Right.COMPOSITION, JULY).unclaimed_ppm == 1_000_000
    own(parties["Ada"], song, 700_000)
    standing = standing_of(song, Right.COMPOSITION, JULY)
    assert (standing.unclaimed_ppm, standing.excess_ppm) == (300_000, 0)
    own(parties["Ben"], song, 400_000)
    standing = standing_of(song, Right.COMPOSITION, JULY)
    assert (standing.claimed_ppm, standing.unclaimed_ppm, standing.excess_ppm) == (
        1_100_000,
        0,
        100_000,
    )


def test_the_history_tells_who_when_why_and_from_what(song, parties):
    ann = User.objects.create_user("ann@example.org", name="Ann")
    share = own(parties["Ada"], song, 600_000, territory="WW-DE")
    with changing(by=ann, reason="A letter of 2 May.", source="admin"):
        Share.objects.filter(pk=share.pk).update(share_ppm=500_000, party=parties["Ben"])
    altered, made, begun = changes_of(song)
    assert (altered.actor, altered.person, altered.reason, altered.source) == (
        "the operator",
        "Ann",
        "A letter of 2 May.",
        "admin",
    )
    assert altered.what == "share of Ben (composer)"
    assert {(each.field, each.before, each.after) for each in altered.fields} == {
        ("share ppm", "60 %", "50 %"),
        ("party", "Ada", "Ben"),
    }
    assert (made.operation, made.what, made.actor) == ("made", "share of Ada (composer)", "")
    assert ("territory", "", "WW-DE") in [(f.field, f.before, f.after) for f in made.fields]
    assert ("ISWC", "", "T-034.524.680-1") in [(f.field, f.before, f.after) for f in begun.fields]
    assert begun.what == "work song"


def test_the_command_prints_who_owned_it(song, parties):
    own(parties["Ada"], song, 600_000, valid_until=JULY)
    said = StringIO()
    call_command("who_owned", "song", "--on", "2026-05-03", stdout=said)
    assert said.getvalue().splitlines() == [
        "Composition of Song on 2026-05-03",
        "   60.0000 %  Ada (composer), WW, from 2026-01-01 until 2026-07-01",
        "   40.0000 %  unclaimed",
    ]
    said = StringIO()
    call_command("who_owned", "song", "--on", "2026-05-03", "--as-known", "2026-05-03", stdout=said)
    assert "100.0000 %  unclaimed" in said.getvalue()
    with pytest.raises(CommandError, match="no work and no track"):
        call_command("who_owned", "nothing")
    with pytest.raises(CommandError, match="is a work"):
        call_command("who_owned", "song", "--right", "recording")
