"""More than the whole of a right that nobody claimed: the program says so, and decides nothing."""

from datetime import date

import pytest

from accounts.notices.models import Notice
from catalog.claims.models import Conflict, Event
from catalog.claims.selectors.conflicts import standing_of
from catalog.claims.services.seeing import see
from catalog.claims.services.settling import Split, agree, decide, propose
from catalog.claims.services.shares import Line
from catalog.claims.tasks import ask_for_the_night, see_changes
from catalog.duplicates.services.merging import merge, unmerge
from catalog.models import Right, Role, Share, Track, Work
from catalog.services.history import SHARES_CHANGED, changing
from catalog.territories import parse_territory
from common.jobs.models import Job
from common.jobs.registry import ignore_progress
from tests.claims.conftest import PDF, SINCE, Cast, germany

pytestmark = pytest.mark.django_db


def changed(source="delivery:1"):
    return changing(by=None, reason="Delivered in May.csv.", source=source)


def work_off() -> None:
    """Do what was asked for, in the order in which it was."""
    for job in Job.objects.filter(kind=SHARES_CHANGED, status="queued").order_by("pk"):
        see_changes(job.payload, ignore_progress)
        Job.objects.filter(pk=job.pk).update(status="succeeded")


def deliver(cast: Cast, source="delivery:1", **percents: int) -> Conflict | None:
    with changed(source):
        for letter, percent in percents.items():
            cast.own(letter, percent)
    work_off()
    return Conflict.objects.order_by("-pk").first()


def kinds(conflict: Conflict) -> list[tuple[str, str]]:
    return list(conflict.events.order_by("pk").values_list("kind", "words"))


@pytest.fixture
def found(cast) -> Conflict:
    conflict = deliver(cast, A=60, B=50)
    assert conflict is not None
    return conflict


def test_a_delivery_of_more_than_the_whole_opens_one_conflict_and_decides_nothing(cast, found):
    event = Event.objects.get()
    assert (event.kind, event.side, event.by) == ("found", "the system", None)
    assert event.words == "After a delivery."
    assert cast.parts() == {"A": 60, "B": 50}
    assert (found.valid_from, found.valid_until, found.right) == (SINCE, None, "composition")
    standing = standing_of(found)
    assert [side.sure_ppm for side in standing.sides] == [500_000, 400_000]
    assert standing.contested_ppm == 100_000


def test_the_people_of_every_side_are_told(cast, found):
    told = set(Notice.objects.values_list("user__name", flat=True))
    assert told == {"Ada", "Bea"}
    assert found.party_ids == [cast.parties["A"].pk, cast.parties["B"].pk]


def test_looking_again_changes_nothing(found):
    for _ in range(2):
        assert see(None, ignore_progress) == (0, 0, 0)
    assert (Conflict.objects.count(), Event.objects.count()) == (1, 1)


def test_a_later_delivery_that_mends_the_sum_closes_it_and_says_what_did(cast, found):
    with changed("delivery:2"):
        Share.objects.filter(party=cast.parties["B"]).update(share_ppm=400_000)
    work_off()
    found.refresh_from_db()
    assert found.outcome == "mended"
    assert kinds(found)[-1] == (
        "settled",
        "Resolved by a delivery: no more than the whole is claimed.",
    )
    assert Event.objects.filter(kind="settled", side="the system").count() == 1
    assert Notice.objects.filter(sentence__startswith="A conflict was settled").count() == 2


def test_an_excess_that_comes_back_is_a_conflict_of_its_own(cast, found):
    share = Share.objects.filter(party=cast.parties["B"])
    for source, ppm in (("admin", 400_000), ("admin", 500_000)):
        with changed(source):
            share.update(share_ppm=ppm)
        work_off()
    again = Conflict.objects.get(settled_at=None)
    assert again != found
    assert kinds(again) == [("found", "After a change by the operator.")]


def test_mended_before_anybody_looked_there_was_no_conflict(cast):
    with changed():
        cast.own("A", 60)
        share = cast.own("B", 50)
    with changed():
        share.delete()
    work_off()
    assert not Conflict.objects.exists()


def test_who_joins_an_open_conflict_is_a_side_and_told(cast, found):
    deliver(cast, "delivery:2", C=10)
    found.refresh_from_db()
    assert cast.parties["C"].pk in found.party_ids
    assert Conflict.objects.count() == 1
    (told,) = Notice.objects.filter(user__name="Cai")
    assert told.sentence.startswith("More than the whole is claimed")


def test_only_the_days_and_countries_of_the_excess_are_contested(cast):
    with changed():
        cast.own("A", 60, since=date(2019, 1, 1), valid_until=date(2021, 1, 1))
        cast.own("B", 50, since=date(2020, 1, 1), territory=germany())
        cast.own("C", 50, since=date(2021, 1, 1))
    work_off()
    conflict = Conflict.objects.get()
    assert (conflict.valid_from, conflict.valid_until) == (date(2020, 1, 1), date(2021, 1, 1))
    assert conflict.territory == germany()
    assert [side.party.ref for side in standing_of(conflict).sides] == ["A", "B"]


@pytest.mark.parametrize(
    "others",
    [
        {"since": date(2027, 1, 1)},  # after the first ended
        {"territory": parse_territory("WW-DE")},
    ],
)
def test_shares_that_never_meet_are_no_conflict_whatever_they_sum_to(cast, others):
    with changed():
        cast.own("A", 100, territory=germany(), valid_until=date(2027, 1, 1))
        cast.own("B", 100, **others)
    work_off()
    assert not Conflict.objects.exists()


def test_a_share_that_two_overlap_which_do_not_meet_is_no_conflict(cast):
    with changed():
        cast.own("A", 40, territory=germany())
        cast.own("B", 40, territory=parse_territory("FR"))
        cast.own("C", 50)
    work_off()
    assert not Conflict.objects.exists()


def test_of_a_recording_the_track_is_contested(cast):
    track = Track.objects.create(ref="take", title="A take", work=cast.song)
    with changed():
        for letter in "AB":
            cast.own(letter, 60, work=None, track=track, right=Right.RECORDING, role=Role.LABEL)
    work_off()
    conflict = Conflict.objects.get()
    assert (conflict.track, conflict.work, conflict.title) == (track, None, "A take")


def test_what_a_merge_lets_count_no_more_is_mended_and_undoing_it_opens_it_again(cast, found):
    survivor = Work.objects.create(ref="other", title="Another song")
    made = merge(survivor, cast.song, by=None, reason="The same.", survivors_shares_count=True)
    work_off()
    found.refresh_from_db()
    assert (found.outcome, kinds(found)[-1][1]) == (
        "mended",
        "Resolved by a merge of duplicates: no more than the whole is claimed.",
    )
    unmerge(made, by=None, reason="Not the same.")
    work_off()
    assert kinds(Conflict.objects.get(settled_at=None)) == [
        ("found", "After a merge of duplicates.")
    ]


def test_what_sides_left_as_it_was_is_not_contested_again(cast, found):
    lines = (
        Line(cast.parties["A"].pk, Role.COMPOSER, 600_000),
        Line(cast.parties["B"].pk, Role.COMPOSER, 400_000),
    )
    split = Split(date(2026, 7, 1), lines)
    agree(propose(found, cast.actors["A"], split), cast.actors["B"])
    work_off()
    see(None, ignore_progress)
    assert [each.outcome for each in Conflict.objects.all()] == ["agreed"]


def test_the_operator_records_an_outcome_of_one_that_nobody_claimed(cast, found):
    lines = (Line(cast.parties["A"].pk, Role.COMPOSER, 1_000_000),)
    decide(found, cast.steward, Split(SINCE, lines), "The court of Bonn.", [PDF])
    work_off()
    assert Conflict.objects.get().outcome == "decided"
    assert cast.parts() == {"A": 100}


def test_a_claim_joins_the_conflict_that_the_program_opened(cast, found):
    claim = cast.claim("C", 20)
    work_off()
    assert claim.conflict == found
    assert Conflict.objects.count() == 1


def test_what_escapes_the_history_s_words_is_found_at_night(cast):
    cast.own("A", 60)
    cast.own("B", 50)
    assert not Job.objects.filter(kind=SHARES_CHANGED).exists()
    ask_for_the_night()
    ask_for_the_night()
    assert Job.objects.filter(kind=SHARES_CHANGED).count() == 1
    work_off()
    assert kinds(Conflict.objects.get()) == [("found", "After a change of its shares.")]


def test_a_change_of_something_else_asks_for_no_look(cast):
    with changed():
        cast.song.title = "Another title"
        cast.song.save()
    assert not Job.objects.filter(kind=SHARES_CHANGED).exists()


def test_a_change_that_is_taken_back_leaves_nothing(cast):
    with pytest.raises(ZeroDivisionError), changed():
        cast.own("A", 60)
        cast.own("B", 50)
        raise ZeroDivisionError
    assert not Job.objects.filter(kind=SHARES_CHANGED).exists()
