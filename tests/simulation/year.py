"""A simulated year in the product's own services: who does what, and what became of it.

Every step is a call that a platform, an accountant or a bank would make. Most are made at a wrong
moment; the services refuse those with a sentence, which is an answer like any other. What was
accepted is noted here, beside the database, so that both can be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from accounts.models import User
from attribution.models import FeatureStore
from catalog.models import ModelVersion, Share, TrainingSet, TrainingSetTrack
from royalty.models import (
    AccountKind,
    HeldRelease,
    Journal,
    PayoutBatch,
    Period,
    ReleaseTo,
    RestatementKind,
)
from royalty.selectors.held import held_money
from royalty.services import intake, payees, payouts, periods, releases, restatements, reversals
from royalty.services.by_hand import ByHandError
from royalty.services.intake import IntakeRefused
from royalty.services.ledger import LedgerError
from royalty.services.payees import PayeeError
from royalty.services.payouts import PayoutError
from royalty.services.periods import PeriodError
from tests.royalty.cast import (
    AFTER,
    TRAINED,
    World,
    add_generation,
    add_track,
    attribute,
    attribution_run,
    empty_world,
    ndjson,
    own,
)
from tests.royalty.payees import agree_with_all
from tests.simulation.plan import MONTHS, Line, Plan, draw_parts

REFUSALS = (PeriodError, IntakeRefused, PayoutError, PayeeError, LedgerError, ByHandError)
Sale = tuple[str, str, str, date]  # track, seller, buyer or nobody, from that day
Attributed = tuple[str, dict[str, int]]  # piece, ppb of each track
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Lot:
    """What is drawn for a step before it is taken, so that steps at once draw nothing."""

    period: Period
    into: Period
    user: User
    as_of: datetime  # by the clock of whoever acts, which may go wrong by days
    number: int

    def one_of(self, things: Sequence[Thing]) -> list[Thing]:
        """One of the things, or none where there are none."""
        return [things[self.number % len(things)]] if things else []


@dataclass
class Changes:
    """What changed in the catalogue and in what is known of the pieces, in order."""

    sales: list[Sale] = field(default_factory=list)
    attributions: list[tuple[int, Attributed]] = field(default_factory=list)


@dataclass
class Year:
    """The world of a plan, what was accepted until now, and what day it is."""

    plan: Plan
    world: World
    months: list[Period]
    folder: Path
    rng: Random
    now: datetime = datetime(2026, 10, 20, 9, tzinfo=UTC)
    accepted: dict[str, dict[str, Line]] = field(
        default_factory=lambda: {"usage": {}, "revenue": {}}
    )
    changes: Changes = field(default_factory=Changes)
    takes_late: bool = True  # whether files may bring events of closed months

    def waiting(self, kind: str) -> list[Line]:
        """Lines that the platform has not had accepted yet and that are due by now."""
        day = self.now.date().isoformat()
        field_of_day = {"usage": "used_at", "revenue": "earned_on"}[kind]
        known = self.accepted[kind]
        return [
            line
            for line in self.plan.lines[kind]
            if line["event_id"] not in known
            and line[field_of_day][:10] <= day
            and line.get("corrects", line["event_id"]) in {line["event_id"], *known}
        ]


@transaction.atomic
def begin(plan: Plan, folder: Path) -> Year:
    """The world of a plan with its months open and everybody ready to be paid."""
    world = empty_world(**plan.terms)
    version = ModelVersion.objects.create(platform=world.platform, name="m", version="1")
    trained = TrainingSet.objects.create(
        model_version=version, digest="d" * 64, track_count=len(plan.owners), frozen_at=TRAINED
    )
    for position, ref in enumerate(sorted(plan.owners)):
        owners = {name: ppm / 1_000_000 for name, ppm in plan.owners[ref].items()}
        world.tracks[ref] = track = add_track(world, ref, owners)
        TrainingSetTrack.objects.create(
            training_set=trained,
            track=track,
            position=position,
            role="train",
            asset_sha256=track.asset.sha256,
        )
    store = FeatureStore.objects.create(
        model_version=version, training_set=trained, folder="f", config={}
    )
    world.run = attribution_run(store, id=UUID(int=1))
    for name, shares in plan.shares.items():
        world.generations[name] = add_generation(world, name, version)
        attribute(world, name, shares)
    agree_with_all(world, admin_fee_ppm=10_000, reserve_ppm=50_000)
    months = [world.period, *(_open_after(world, month) for month in MONTHS[1:])]
    return Year(plan, world, months, folder, Random(plan.seed))


def draw_lot(year: Year) -> Lot:
    rng, world = year.rng, year.world
    return Lot(
        period=rng.choice(year.months),
        into=rng.choice(year.months),
        user=rng.choice((world.ann, world.ben, world.ben)),
        as_of=year.now + timedelta(hours=rng.randint(-48, 48)),
        number=rng.randrange(10**6),
    )


def _open_after(world: World, month: date) -> Period:
    ends_on = (month + timedelta(days=31)).replace(day=1)
    return periods.open_period(contract=world.contract, starts_on=month, ends_on=ends_on)


# --- What the platform does ---


def send(
    year: Year, kind: str, lines: Sequence[Line], name: str, *, is_late: bool = False
) -> list[Line]:
    """Send a file, and what is left of it if lines are refused; returns what was accepted."""
    sent = list(lines)
    take = {"usage": intake.take_usage, "revenue": intake.take_revenue}[kind]
    for turn in ("", "again-"):
        path = ndjson(year.folder / f"{turn}{name}", sent)
        try:
            take(platform=year.world.platform, source=path, name=path.name, is_late=is_late)
        except IntakeRefused as refused:
            wrong = {fault.line for fault in refused.faults}
            sent = [line for number, line in enumerate(sent, start=1) if number not in wrong]
            if turn or not sent:
                raise
        else:
            break
    return sent


# --- What happens to the catalogue ---


def sell(year: Year, lot: Lot) -> Sale | None:
    """A party's part of a song goes to another one, or to nobody who is known."""
    rng = Random(lot.number)
    track, seller = rng.choice(sorted(year.world.tracks)), rng.choice("ABC")
    buyer, day = rng.choice(("A", "B", "C", "")), lot.period.starts_on + timedelta(days=9)
    return apply_sale(year.world, (track, seller, buyer, day))


@transaction.atomic
def apply_sale(world: World, sale: Sale) -> Sale | None:
    """The sale, unless the seller has nothing to sell or the buyer has a part of the song."""
    track, seller, buyer, day = sale
    work = world.tracks[track].work
    held = Share.objects.filter(work=work, party__ref=seller, valid_until=None, valid_from__lt=day)
    if not held.exists() or Share.objects.filter(work=work, party__ref=buyer).exists():
        return None
    ppm = held.get().share_ppm
    held.update(valid_until=day)
    if buyer:
        own(world, work, buyer, ppm, since=day)
    return sale


def draw_attribution(year: Year, lot: Lot) -> Attributed:
    """What a later run says of a piece."""
    rng = Random(lot.number)
    shares = draw_parts(rng, sorted(year.world.tracks), 1_000_000_000)
    return rng.choice(sorted(year.world.generations)), shares


@transaction.atomic
def attribute_anew(world: World, found: Attributed, number: int) -> None:
    """A run of that number, which finished after all before it, with one attribution."""
    finished_at = AFTER + timedelta(days=100, hours=number)
    run = attribution_run(FeatureStore.objects.get(), finished_at, id=UUID(int=2 + number))
    attribute(world, *found, run)


# --- What accountants do ---


def compute(_: Year, lot: Lot) -> None:
    periods.compute_period(period=lot.period, user=lot.user, as_of=lot.as_of)


def review(_: Year, lot: Lot) -> None:
    periods.review_period(period=lot.period, user=lot.user, as_of=lot.as_of)


def close(_: Year, lot: Lot) -> None:
    periods.close_period(period=lot.period, user=lot.user, as_of=lot.as_of)


def reopen(_: Year, lot: Lot) -> None:
    periods.reopen_period(period=lot.period)


def restate(year: Year, lot: Lot) -> None:
    correct(year, lot.period, lot.into, lot.as_of)


def correct(year: Year, period: Period, into: Period, as_of: datetime) -> None:
    """Post what changed in a closed month into a later one."""
    restatements.restate_period(
        period=period,
        into=into,
        kind=RestatementKind.CORRECTION,
        reason="drawn",
        user=year.world.ann,
        as_of=as_of,
    )


def advance(year: Year, lot: Lot) -> None:
    payees.grant_advance(
        contract=year.world.contract,
        party=year.world.parties["ABC"[lot.number % 3]],
        period=lot.period,
        amount_minor=1 + lot.number % 500,
        paid_on=lot.as_of.date(),
        key=str(lot.number % 4),
    )


def reverse(_: Year, lot: Lot) -> None:
    kinds = ("advance", "release", "payout", "revenue")
    found = Journal.objects.filter(kind=kinds[lot.number % 4]).order_by("idempotency_key")
    for journal in lot.one_of(found):
        reversals.reverse_journal(
            journal=journal, reason="drawn", user=lot.user, as_of=lot.as_of.date()
        )


def ask_release(year: Year, lot: Lot) -> None:
    for held in lot.one_of(held_money(contract=year.world.contract)):
        releases.request_release(
            period=held.period,
            kind=AccountKind(held.account.kind),
            to=list(ReleaseTo)[lot.number % 2],
            reason="drawn",
            user=lot.user,
            as_of=lot.as_of,
        )


def approve_release(_: Year, lot: Lot) -> None:
    for asked in lot.one_of(HeldRelease.objects.order_by("-pk")[:2]):
        releases.approve_release(release=asked, user=lot.user, as_of=lot.as_of)


# --- What is paid ---


def draft(_: Year, lot: Lot) -> None:
    payouts.draft_batch(code="EUR", user=lot.user, as_of=lot.as_of)


def approve(_: Year, lot: Lot) -> None:
    for batch in _some_batch(lot):
        payouts.approve_batch(batch=batch, user=lot.user, as_of=lot.as_of)


def order(_: Year, lot: Lot) -> None:
    for batch in _some_batch(lot):
        payouts.export_batch(batch=batch)


def hand_over(_: Year, lot: Lot) -> None:
    for batch in _some_batch(lot):
        payouts.mark_sent(batch=batch, user=lot.user, as_of=lot.as_of)


def settle(_: Year, lot: Lot) -> None:
    for batch in _some_batch(lot):
        payouts.settle_batch(batch=batch, user=lot.user, day=lot.as_of.date())


def return_one(_: Year, lot: Lot) -> None:
    for batch in _some_batch(lot):
        for payout in lot.one_of(batch.payouts.order_by("pk")):
            payouts.return_payout(
                payout=payout, reason="drawn", user=lot.user, day=lot.as_of.date()
            )


def _some_batch(lot: Lot) -> list[PayoutBatch]:
    """One of the last batches, if there are any."""
    return lot.one_of(PayoutBatch.objects.order_by("-pk")[:2])
