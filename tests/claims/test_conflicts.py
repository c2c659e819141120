"""What exceeds the whole is a conflict: only its contested part is held, and nobody decides it."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.core import mail
from django.db import ProgrammingError, transaction
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.notices.models import Notice
from accounts.notices.services import choose, send
from accounts.webhooks.models import Event as WebhookEvent
from catalog.claims.models import Claim, Conflict, Event, Proposal
from catalog.claims.selectors.conflicts import standing_of
from catalog.claims.services.actors import Actor, ClaimError
from catalog.claims.services.deciding import suspend
from catalog.claims.services.settling import (
    Split,
    agree,
    comment,
    decide,
    look_again,
    propose,
    yield_part,
)
from catalog.claims.services.shares import Line
from catalog.models import ChangeSet, Representation, Role, Share
from catalog.territories import parse_territory
from common.database import tenancy
from common.jobs.models import Job
from royalty.apportionment.largest_remainder import split_groups
from royalty.apportionment.ownership import undisputed_ppm
from tests.claims.conftest import PDF, SINCE
from tests.royalty.attacker import execute

pytestmark = pytest.mark.django_db
LATER = date(2026, 7, 1)


@pytest.fixture
def contested(cast) -> Conflict:
    """A has 60 % and B claims 50 %."""
    cast.own("A", 60, since=date(2020, 1, 1))
    return cast.claim("B", 50).conflict


def split(cast, begins_on=SINCE, **percents) -> Split:
    lines = [Line(cast.parties[each].pk, Role.COMPOSER, n * 10_000) for each, n in percents.items()]
    return Split(begins_on, tuple(lines))


def held(conflict) -> list[int]:
    """Percents that each side has whatever the others claim, and those that are contested."""
    standing = standing_of(conflict)
    return [each.sure_ppm // 10_000 for each in standing.sides] + [standing.contested_ppm // 10_000]


def test_of_ten_euros_sixty_and_fifty_percent_are_five_and_four_and_one_is_held(contested):
    assert held(contested) == [50, 40, 10]
    parts = np.array(held(contested), dtype=np.int64)
    assert split_groups(np.array([1000]), parts, np.array([0, 3])).tolist() == [500, 400, 100]


def test_royalty_holds_what_the_page_says_is_contested(cast, contested):
    claims = np.array([600_000, 500_000], dtype=np.int64)

    class Snapshot:
        owner_ppm, owner_indptr = claims, np.array([0, 2])

    assert [each.sure_ppm for each in standing_of(contested).sides] == undisputed_ppm(
        Snapshot
    ).tolist()


def test_a_claim_to_everything_holds_everything(cast):
    cast.own("A", 100)
    assert held(cast.claim("B", 100).conflict) == [0, 0, 100]


def test_a_conflict_is_about_the_days_and_countries_in_which_more_than_the_whole_is_claimed(cast):
    cast.own(
        "A", 100, since=date(2020, 1, 1), valid_until=LATER, territory=parse_territory("WW-US")
    )
    conflict = cast.claim("B", 50, territory=parse_territory("DE+US")).conflict
    assert (conflict.valid_from, conflict.valid_until) == (SINCE, LATER)
    assert str(conflict.territory) == "DE"


def test_claims_for_other_days_or_countries_do_not_meet(cast):
    cast.own("A", 100, territory=parse_territory("DE"))
    cast.own(
        "C", 100, since=date(2020, 1, 1), valid_until=SINCE, territory=parse_territory("WW-DE")
    )
    assert cast.claim("B", 100, territory=parse_territory("WW-DE")).status == "filed"


def test_a_further_claim_joins_the_conflict_that_is_open(cast, contested):
    third = cast.claim("C", 30)
    assert third.conflict == contested
    assert held(contested) == [20, 10, 0, 70]
    assert Conflict.objects.count() == 1


def test_both_sides_are_told_by_mail_and_their_programs_by_an_event(cast, contested):
    notice = Notice.objects.get()
    assert notice.user.email == "ada@example.org", "who claims knows"
    assert (notice.kind, notice.link) == ("claim", f"/conflicts/{contested.pk}/")
    told = WebhookEvent.objects.filter(type="conflict.opened")
    organisations = {cast.actors[each].organisation for each in "AB"}
    assert {each.organisation for each in told} == organisations
    for _ in range(2):
        send(notice, as_of=timezone.now())
    (sent,) = mail.outbox
    assert sent.to == ["ada@example.org"]
    assert str(contested.pk) in sent.body
    assert "%" not in sent.body


def told_that_it_is_settled() -> set[str]:
    told = Notice.objects.filter(sentence__contains="A conflict was settled")
    return set(told.values_list("user__email", flat=True))


def test_who_wants_no_mail_about_claims_reads_of_it_in_the_portal_alone(cast):
    ada, abe = cast.actors["A"].user, User.objects.create(email="abe@example.org", name="Abe")
    Membership.objects.create(user=abe, organisation=cast.actors["A"].organisation)
    choose(ada, ["claim"])
    cast.own("A", 60)
    cast.claim("B", 50)
    told = dict(Notice.objects.values_list("user__email", "mail"))
    assert told == {"ada@example.org": "unwanted", "abe@example.org": "waiting"}
    assert Job.objects.filter(kind="notices.send_mail").count() == 1, "one act, one mail"


def _yield(cast, conflict):
    yield_part(conflict, cast.actors["B"], cast.parties["B"], Role.COMPOSER, to_ppm=0)


def _agree(cast, conflict):
    agree(Proposal.objects.get(), cast.actors["B"])


def _suspend(cast, conflict):
    suspend(Claim.objects.get(), cast.steward, "Nothing proves it.")


@pytest.mark.parametrize(
    ("act", "told", "to"),
    [
        (_yield, "A side yielded", {"ada"}),
        (_agree, "A side agreed to a proposal", {"ada"}),
        (_suspend, "A claim was suspended", {"ada", "bea"}),
    ],
)
def test_an_act_that_also_ends_the_conflict_is_one_notice_to_each(cast, contested, act, told, to):
    propose(contested, cast.actors["A"], split(cast, A=60, B=40))
    Notice.objects.all().delete()
    act(cast, contested)
    contested.refresh_from_db()
    assert not contested.is_open
    found = list(Notice.objects.values_list("user__email", "sentence"))
    said = f"{told}. A conflict was settled: {contested.title}"
    assert sorted(found) == [(f"{name}@example.org", said) for name in sorted(to)]


def test_an_act_after_which_the_conflict_goes_on_is_told_of_alone(cast, contested):
    Notice.objects.all().delete()
    yield_part(contested, cast.actors["B"], cast.parties["B"], Role.COMPOSER, to_ppm=450_000)
    assert [each.sentence for each in Notice.objects.all()] == [
        f"A side yielded: {contested.title}"
    ]


def test_who_gives_something_up_asks_nobody(cast, contested):
    propose(contested, cast.actors["B"], split(cast, A=60, B=40), "Let us")
    contested.refresh_from_db()
    assert contested.outcome == "agreed"
    assert cast.parts(SINCE) == {"A": 60, "B": 40}


def test_who_wants_something_asks_the_others(cast, contested):
    asking = propose(contested, cast.actors["B"], split(cast, A=50, B=50))
    contested.refresh_from_db()
    assert contested.is_open
    agree(asking, cast.actors["A"])
    contested.refresh_from_db()
    assert contested.outcome == "agreed"
    assert cast.parts(SINCE) == {"A": 50, "B": 50}
    assert cast.parts(date(2025, 5, 5)) == {"A": 60}, "what was before stays"
    assert Claim.objects.get().status == "settled"
    assert Claim.objects.get().share.share_ppm == 500_000


def test_a_split_can_begin_later(cast, contested):
    agree(propose(contested, cast.actors["B"], split(cast, LATER, A=50, B=50)), cast.actors["A"])
    assert cast.parts(LATER - timedelta(days=1)) == {"A": 60, "B": 50}
    assert cast.parts(LATER) == {"A": 50, "B": 50}


def test_of_three_every_side_whose_part_changes_agrees(cast, contested):
    cast.claim("C", 30)
    proposal = propose(contested, cast.actors["A"], split(cast, A=50, B=30, C=20))
    assert agree(proposal, cast.actors["B"]).is_open
    with pytest.raises(ClaimError, match="agreed already"):
        agree(proposal, cast.actors["B"])
    with pytest.raises(ClaimError, match="agreed already"):
        agree(proposal, cast.actors["A"])
    assert not agree(proposal, cast.actors["C"]).is_open
    assert cast.parts(SINCE) == {"A": 50, "B": 30, "C": 20}


def test_a_side_that_nobody_represents_and_that_keeps_its_part_is_asked_nothing(cast, contested):
    Representation.objects.all().filter(party=cast.parties["D"]).delete()
    contested_again = cast.own("D", 10)
    proposal = propose(contested, cast.actors["A"], split(cast, A=50, B=40, D=10))
    assert not agree(proposal, cast.actors["B"]).is_open
    assert Share.objects.get(party=cast.parties["D"]) == contested_again


def test_a_proposal_is_stale_once_a_share_has_changed(cast, contested):
    proposal = propose(contested, cast.actors["B"], split(cast, A=50, B=50))
    Share.objects.filter(party=cast.parties["A"]).update(share_ppm=700_000)
    with pytest.raises(ClaimError, match="A share has changed since"):
        agree(proposal, cast.actors["A"])
    contested.refresh_from_db()
    assert contested.is_open


def test_only_the_newest_proposal_can_be_agreed_to(cast, contested):
    first = propose(contested, cast.actors["B"], split(cast, A=50, B=50))
    propose(contested, cast.actors["B"], split(cast, A=51, B=49))
    with pytest.raises(ClaimError, match="Another proposal"):
        agree(first, cast.actors["A"])


def test_an_agreement_and_a_yield_at_once_end_it_once(cast, contested):
    proposal = propose(contested, cast.actors["B"], split(cast, A=50, B=50))
    a, b = cast.parties["A"], cast.parties["B"]
    yield_part(contested, cast.actors["B"], b, Role.COMPOSER, to_ppm=400_000)
    with pytest.raises(ClaimError, match="The conflict is over"):
        agree(proposal, cast.actors["A"])
    with pytest.raises(ClaimError, match="The conflict is over"):
        yield_part(contested, cast.actors["A"], a, Role.COMPOSER, to_ppm=1)
    assert cast.parts(SINCE) == {"A": 60, "B": 40}


@pytest.mark.parametrize(
    ("percents", "sentence"),
    [
        ({"A": 60, "B": 50}, "sums to 110 %"),
        ({"A": 60, "C": 10}, "names only those who claim"),
        ({"A": -1, "B": 10}, "from 0 to 100 %"),
    ],
)
def test_a_split_that_cannot_be_is_refused(cast, contested, percents, sentence):
    with pytest.raises(ClaimError, match=sentence):
        propose(contested, cast.actors["A"], split(cast, **percents))
    with pytest.raises(ClaimError, match=sentence):
        decide(contested, cast.steward, split(cast, **percents), "A court", [PDF])


def test_a_split_begins_while_it_is_contested(cast, contested):
    with pytest.raises(ClaimError, match="contested from 2026-01-01"):
        propose(contested, cast.actors["A"], split(cast, date(2025, 1, 1), A=50, B=50))


def test_strangers_take_no_part(cast, contested):
    proposal = propose(contested, cast.actors["B"], split(cast, A=50, B=50))
    for act in (
        lambda: propose(contested, cast.actors["C"], split(cast, A=0, B=0)),
        lambda: agree(proposal, cast.actors["C"]),
        lambda: comment(contested, cast.actors["C"], "hm"),
    ):
        with pytest.raises(ClaimError, match="none of those who claim"):
            act()
    with pytest.raises(ClaimError, match="do not act for Party A"):
        yield_part(contested, cast.actors["C"], cast.parties["A"], Role.COMPOSER, to_ppm=0)


def test_who_claimed_withdraws_by_yielding_and_the_other_has_what_it_had(cast, contested):
    b = cast.parties["B"]
    with pytest.raises(ClaimError, match="Name less than the 50 %"):
        yield_part(contested, cast.actors["B"], b, Role.COMPOSER, to_ppm=500_000)
    yield_part(contested, cast.actors["B"], b, Role.COMPOSER, to_ppm=0)
    assert Claim.objects.get().status == "withdrawn"
    assert cast.parts() == {"A": 60}
    contested.refresh_from_db()
    assert contested.outcome == "yielded"
    told = told_that_it_is_settled()
    assert told == {"ada@example.org"}, "and B acted itself"


def test_an_owner_yields_for_the_contested_days_alone(cast, contested):
    yield_part(contested, cast.actors["A"], cast.parties["A"], Role.COMPOSER, to_ppm=500_000)
    assert cast.parts(date(2025, 5, 5)) == {"A": 60}
    assert cast.parts(SINCE) == {"A": 50, "B": 50}
    assert Claim.objects.get().status == "settled"


def test_owners_who_follow_each_other_keep_their_days_when_a_claimant_lowers_its_part(cast):
    cast.own("A", 100, since=date(2020, 1, 1), valid_until=LATER)
    cast.own("C", 90, since=LATER)
    conflict = cast.claim("B", 50).conflict
    yield_part(conflict, cast.actors["B"], cast.parties["B"], Role.COMPOSER, to_ppm=100_000)
    assert cast.parts(SINCE) == {"A": 100, "B": 10}
    assert cast.parts(LATER) == {"C": 90, "B": 10}
    conflict.refresh_from_db()
    assert conflict.is_open, "of A's days more than the whole is claimed still"


def test_an_outcome_is_recorded_with_a_document_by_the_operator(cast, contested):
    outcome = split(cast, A=0, B=50)
    with pytest.raises(ClaimError, match="Only the people who run"):
        decide(contested, cast.actors["A"], outcome, "A court said", [PDF])
    with pytest.raises(ClaimError, match="Send the document"):
        decide(contested, cast.steward, outcome, "A court said", [])
    with pytest.raises(ClaimError, match="Say what was decided"):
        decide(contested, cast.steward, outcome, " ", [PDF])
    decide(contested, cast.steward, outcome, "The court of Vienna, 3 C 1/26", [PDF])
    assert cast.parts(SINCE) == {"B": 50}
    told = told_that_it_is_settled()
    assert told == {"ada@example.org", "bea@example.org"}, "who lost everything as well"


def test_a_conflict_that_was_mended_elsewhere_is_over_when_somebody_looks(cast, contested):
    assert not look_again(contested, cast.steward)
    Share.objects.filter(party=cast.parties["A"]).update(share_ppm=500_000)
    assert look_again(contested, cast.steward)


def test_only_the_zone_of_the_conflict_is_written(cast):
    owned = cast.own("A", 100, since=date(2020, 1, 1))
    conflict = cast.claim("B", 50, territory=parse_territory("DE"), valid_until=LATER).conflict
    decide(conflict, cast.steward, split(cast, A=50, B=50), "agreed", [PDF])
    rows = {
        (each.party.ref, str(each.territory), each.valid_from, each.valid_until, each.share_ppm)
        for each in Share.objects.select_related("party")
    }
    assert rows == {
        ("A", "WW", date(2020, 1, 1), SINCE, 1_000_000),
        ("A", "WW-DE", SINCE, LATER, 1_000_000),
        ("A", "WW", LATER, None, 1_000_000),
        ("A", "DE", SINCE, LATER, 500_000),
        ("B", "DE", SINCE, LATER, 500_000),
    }
    assert Share.objects.filter(pk=owned.pk).exists()


def test_sides_see_it_and_others_do_not_also_after_a_side_lost_everything(cast, contested):
    decide(contested, cast.steward, split(cast, B=50), "A court", [PDF])
    seen = {}
    for letter, someone in cast.actors.items():
        with tenancy.acting_as(someone.organisation.tenant):
            seen[letter] = (
                Conflict.objects.count(),
                Claim.objects.count(),
                Event.objects.filter(attachments__isnull=False).count(),
            )
    assert seen == {"A": (1, 1, 2), "B": (1, 1, 2), "C": (0, 0, 0), "D": (0, 0, 0)}


def test_one_organisation_may_speak_for_both_sides(cast, contested):
    both = Organisation.objects.create(name="Both", kind="rights_holder")
    for letter in "AB":
        Representation.objects.create(organisation=both, party=cast.parties[letter])
    speaker = Actor(cast.actors["A"].user, both)
    propose(contested, speaker, split(cast, A=50, B=50))
    contested.refresh_from_db()
    assert contested.outcome == "agreed"


def test_what_was_said_cannot_be_unsaid(contested):
    for act in ("UPDATE claims_event SET words = ''", "DELETE FROM claims_event"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            execute(act)


def test_the_history_of_a_share_says_from_which_claim_it_came(cast, contested):
    claim = Claim.objects.get()
    sets = ChangeSet.objects.order_by("pk").values_list("source", "actor")
    assert (f"claim:{claim.pk}", "Party B") in list(sets)
    decide(contested, cast.steward, split(cast, A=60, B=40), "The court of Vienna", [PDF])
    last = ChangeSet.objects.order_by("pk").last()
    assert (last.source, last.reason) == (f"conflict:{contested.pk}", "The court of Vienna")
