"""A conflict from a delivery that claims too much to the cents on the accounts of its sides.

Of a song that earned 10.00 euros one publisher claims 60 % and one 50 %: 5.00 and 4.00 are paid,
1.00 is held. Once they agree on 55 : 45 the closed month is restated into the open one, and the
euro that was held is 0.50 for each.
"""

from dataclasses import dataclass
from datetime import date

import pytest

from accounts.models import Membership, Organisation, User
from catalog.claims.models import Conflict
from catalog.claims.services.actors import Actor
from catalog.claims.services.seeing import see
from catalog.claims.services.settling import Split, agree, propose, yield_part
from catalog.claims.services.shares import Line
from catalog.models import Representation, Share
from catalog.services.history import changing
from common.jobs.registry import ignore_progress
from royalty.models import AccountKind, Period, ReleaseTo, RestatementKind
from royalty.selectors.held import held_money
from royalty.selectors.verification import verify_ledger
from royalty.services.by_hand import ByHandError
from royalty.services.releases import request_release
from royalty.services.restatements import restate_period
from royalty.services.runs import PeriodError
from tests.royalty.cast import (
    AFTER,
    CENT,
    LAST_DAY,
    World,
    add_generation,
    attribute,
    own,
    payables,
    revenue_line,
    settle,
    usage_line,
    worked_example,
)
from tests.royalty.payees import open_month

pytestmark = pytest.mark.django_db
SINCE, NOVEMBER = date(2020, 1, 1), date(2026, 11, 30)


@dataclass
class Dispute:
    """A closed October, an open November, and who speaks for the two sides."""

    world: World
    november: Period
    conflict: Conflict
    sides: dict[str, Actor]

    def restate(self) -> None:
        restate_period(
            period=self.world.period,
            into=self.november,
            kind=RestatementKind.DISPUTE,
            reason="The sides of a conflict agreed.",
            user=self.world.ann,
            as_of=AFTER,
        )

    def cents(self) -> dict[str, float]:
        """What each side and the account of what is contested hold in the end."""
        owed = {name: atoms / CENT for name, atoms in payables(self.world, NOVEMBER).items()}
        held = sum(each.atoms for each in held_money()) / CENT
        return {"B": owed.get("B", 0), "C": owed.get("C", 0), "held": held}


@pytest.fixture
def dispute(world, take) -> Dispute:
    """T2 alone earned 10.00 euros in October, and a delivery claims 110 % of it."""
    version = world.generations["G1"].model_version
    world.generations["G5"] = add_generation(world, "G5", version)
    attribute(world, "G5", {"T2": 1_000_000_000})
    take(world, "usage", [usage_line(1, "U1", "G5", 1)], "usage.ndjson")
    take(world, "revenue", [revenue_line("U1", "20.00")], "revenue.ndjson")
    work = world.tracks["T2"].work
    with changing(by=None, reason="Delivered in May.csv.", source="delivery:1"):
        Share.objects.filter(work=work).update(share_ppm=600_000)
        own(world, work, "C", 500_000)
    see(None, ignore_progress)
    settle(world)
    sides = {name: speaker(world, name) for name in "BC"}
    return Dispute(world, open_month(world), Conflict.objects.get(), sides)


@pytest.fixture
def world(db) -> World:
    """The platform keeps half, so that of 20.00 euros 10.00 are shared out."""
    return worked_example(commission_ppm=500_000)


def speaker(world: World, name: str) -> Actor:
    organisation = Organisation.objects.create(name=f"Of {name}", kind="rights_holder")
    user = User.objects.create_user(f"{name.lower()}@example.org", name=name)
    Membership.objects.create(user=user, organisation=organisation)
    Representation.objects.create(organisation=organisation, party=world.parties[name])
    return Actor(user, organisation)


def agree_on(dispute: Dispute, begins_on: date, **percents: int) -> None:
    lines = tuple(
        Line(dispute.world.parties[name].pk, "composer", percent * 10_000)
        for name, percent in percents.items()
    )
    agree(
        propose(dispute.conflict, dispute.sides["B"], Split(begins_on, lines)), dispute.sides["C"]
    )
    see(None, ignore_progress)


def test_five_and_four_euros_are_owed_and_one_is_held(dispute):
    assert dispute.cents() == {"B": 500, "C": 400, "held": 100}
    assert verify_ledger() == []


def test_what_they_agree_on_for_the_past_releases_the_held_euro_to_the_cent(dispute):
    agree_on(dispute, SINCE, B=55, C=45)
    assert dispute.cents() == {"B": 500, "C": 400, "held": 100}, "the books are closed until then"
    dispute.restate()
    assert dispute.cents() == {"B": 550, "C": 450, "held": 0}
    october = payables(dispute.world, LAST_DAY)
    assert (october["B"], october["C"]) == (500 * CENT, 400 * CENT), "October stays as it was"
    assert verify_ledger() == []
    assert [each.outcome for each in Conflict.objects.all()] == ["agreed"]


def test_who_yields_has_what_is_left_and_the_other_all_it_claimed(dispute):
    party = dispute.world.parties["C"]
    yield_part(dispute.conflict, dispute.sides["C"], party, "composer", to_ppm=400_000)
    dispute.restate()
    assert dispute.cents() == {"B": 600, "C": 400, "held": 0}
    assert verify_ledger() == []


def test_a_split_that_begins_after_the_month_leaves_its_euro_held(dispute):
    agree_on(dispute, date(2026, 11, 1), B=55, C=45)
    with pytest.raises(PeriodError, match="nothing to restate"):
        dispute.restate()
    assert dispute.cents() == {"B": 500, "C": 400, "held": 100}


def test_restated_twice_nothing_is_paid_twice(dispute):
    agree_on(dispute, SINCE, B=55, C=45)
    dispute.restate()
    with pytest.raises(PeriodError, match="nothing to restate"):
        dispute.restate()
    assert dispute.cents() == {"B": 550, "C": 450, "held": 0}


def test_before_they_agree_the_euro_goes_to_nobody(dispute):
    with pytest.raises(ByHandError, match="not released to others"):
        request_release(
            period=dispute.world.period,
            kind=AccountKind.HELD_DISPUTED,
            to=ReleaseTo.PARTIES,
            reason="Long enough.",
            user=dispute.world.ann,
            as_of=AFTER.replace(year=2040),
        )
    assert dispute.cents()["held"] == 100
