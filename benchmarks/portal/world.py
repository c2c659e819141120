"""Two months of one platform with very many lines each: October is published, November reviewed.

Music, uses and fees are those of `benchmarks.royalty.cast`, and money goes through the product's
own services; only the documents of statements are not written. Needs a database of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from accounts.models import Membership, Organisation, User
from attribution.models import Attribution, AttributionRun, Generation
from benchmarks.royalty import cast
from catalog.models import Party, Representation, Track
from royalty.models import Period, Publication, Statement
from royalty.services import intake, periods

TRACKS, TRACKS_PER_PIECE, USES_PER_PIECE = 5_000, 10, 10
LARGEST_HAS = 5  # of all tracks, one in so many is the largest payee's
NOVEMBER = date(2026, 11, 1)
DECEMBER = datetime(2026, 12, 3, 9, tzinfo=UTC)
Kind = Organisation.Kind


@dataclass(frozen=True)
class World:
    """The two periods, and who reads about them."""

    of: cast.Cast
    november: Period
    largest: Statement
    runs: list[AttributionRun]
    people: dict[str, User]


def make_world(lines: int, payees: int, folder: Path) -> World:
    """Fill the database at hand: each month gets as many attributed lines."""
    with transaction.atomic():
        of = cast.cast("portal")
        pieces = cast.generations(of, lines // TRACKS_PER_PIECE)
        parties = cast.parties("payee", payees)
        cast.attribute(of, pieces, _tracks(parties), TRACKS_PER_PIECE)
        people = _people(of, parties[0])
    _report(of, pieces, folder, "2026-10")
    _settle(of, of.period, cast.AFTER)
    november = periods.open_period(
        contract=of.contract, starts_on=NOVEMBER, ends_on=DECEMBER.date().replace(day=1)
    )
    _report(of, pieces, folder, "2026-11")
    periods.compute_period(period=november, user=of.ann, as_of=DECEMBER)
    periods.review_period(period=november, user=of.ben, as_of=DECEMBER)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does where rows have been for a minute
    largest = Statement.objects.get(period=of.period, party=parties[0])
    return World(of, november, largest, _two_runs(), people)


def _tracks(parties: list[Party]) -> list[Track]:
    """The largest payee's, and the same number of each of the others."""
    first, *others = parties
    found = cast.tracks_of(first, TRACKS // LARGEST_HAS, "first")
    of_each = (TRACKS - len(found)) // len(others)
    for number, party in enumerate(others):
        found += cast.tracks_of(party, of_each, f"{number}-")
    return found


def _people(of: cast.Cast, party: Party) -> dict[str, User]:
    """One of each kind of organisation; the rights holder's has the largest payee."""
    people = {}
    for kind in (Kind.OPERATOR, Kind.PLATFORM, Kind.RIGHTS_HOLDER):
        organisation = Organisation.objects.create(name=f"Bench {kind}", kind=kind)
        person = User.objects.create_user(f"{kind}@bench.example.org", name=str(kind))
        Membership.objects.create(user=person, organisation=organisation)
        people[str(kind)] = person
        if kind == Kind.PLATFORM:
            of.platform.organisation = organisation
            of.platform.save()
        if kind == Kind.RIGHTS_HOLDER:
            Representation.objects.create(organisation=organisation, party=party)
    return people


def _report(of: cast.Cast, pieces: list[Generation], folder: Path, month: str) -> None:
    """The uses and fees of a month, taken in."""
    uses = cast.uses(f"use-{month}", pieces, len(pieces) * USES_PER_PIECE)
    usage = cast.ndjson(folder / f"usage-{month}.ndjson", _in_month(uses, "used_at", month))
    fees = ({**fee, "event_id": f"{month}-{fee['event_id']}"} for fee in cast.fees())
    revenue = cast.ndjson(folder / f"fees-{month}.ndjson", _in_month(fees, "earned_on", month))
    intake.take_usage(platform=of.platform, source=usage, name=usage.name)
    intake.take_revenue(platform=of.platform, source=revenue, name=revenue.name)


def _in_month(events: Iterator[dict[str, Any]], field: str, month: str) -> Iterator[dict[str, Any]]:
    """The same events in another month than October."""
    for event in events:
        yield {**event, field: event[field].replace("2026-10", month)}


def _settle(of: cast.Cast, period: Period, as_of: datetime) -> None:
    """Computed, reviewed, closed, and shown to payees though no documents are written."""
    periods.compute_period(period=period, user=of.ann, as_of=as_of)
    periods.review_period(period=period, user=of.ben, as_of=as_of)
    periods.close_period(period=period, user=of.ann, as_of=as_of)
    drafts = period.statements.all()
    publication = Publication.objects.create(
        period=period, published_by=of.ann, published_at=as_of, statement_count=drafts.count()
    )
    drafts.update(publication=publication)


def _two_runs() -> list[AttributionRun]:
    """The run that attributed everything, and another of the same to compare it with."""
    first = AttributionRun.objects.get()
    second = AttributionRun.objects.create(
        feature_store=first.feature_store,
        method="ekfac",
        config={},
        code_version="benchmark",
        quality={},
        objections=["Made to be compared with."],
        finished_at=cast.AFTER,
    )
    rows = list(Attribution.objects.filter(run=first))
    for row in rows:
        row.pk, row.run, row._state.adding = None, second, True
    Attribution.objects.bulk_create(rows, batch_size=cast.BATCH)
    return [first, second]
