"""The named cast of the royalty tests: a platform, its contract, people, music and a month.

The music is that of the worked example (three tracks, four generated pieces, three holders), so
that every expected figure can be worked out by hand.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from accounts.models import User
from attribution.models import Attribution, AttributionRun, FeatureStore, Generation
from catalog.models import (
    Asset,
    ModelVersion,
    Party,
    Platform,
    Share,
    Track,
    TrainingSet,
    TrainingSetTrack,
    Work,
)
from royalty.models import Account, Contract, Period, Publication, RestatementKind
from royalty.selectors import ledger as ledger_selectors
from royalty.services import contracts, periods

CENT = 1_000_000
EURO = 100 * CENT
STARTS, ENDS, LAST_DAY = date(2026, 10, 1), date(2026, 11, 1), date(2026, 10, 31)
TRAINED = datetime(2026, 9, 1, tzinfo=UTC)
AFTER = datetime(2026, 11, 3, 9, tzinfo=UTC)
SOLD = {"kind": RestatementKind.OWNERSHIP, "reason": "T3 was sold before the period"}
OWNERS = {"T1": {"A": 1}, "T2": {"B": 1}, "T3": {"C": 3 / 5, "A": 2 / 5}}
SHARES = {
    "G1": {"T1": 500_000_000, "T2": 333_333_333, "T3": 166_666_667},
    "G2": {"T2": 750_000_000, "T3": 250_000_000},
    "G3": {"T1": 200_000_000, "T2": 200_000_000, "T3": 600_000_000},
    "G4": {"T1": 666_666_667, "T3": 333_333_333},
}
USES = [("U1", "G1", 2), ("U1", "G2", 1), ("U2", "G3", 30), ("U3", "G2", 3), ("U3", "G4", 4)]
FEES = {"U1": "10.00", "U2": "10.00", "U3": "20.00"}


@dataclass
class World:
    """What the tests act upon."""

    platform: Platform
    contract: Contract
    period: Period
    ann: User  # computes and closes
    ben: User  # reviews
    parties: dict[str, Party] = field(default_factory=dict)
    tracks: dict[str, Track] = field(default_factory=dict)
    generations: dict[str, Generation] = field(default_factory=dict)
    run: AttributionRun | None = None


def sign(platform: Platform, **changes: object) -> Contract:
    """A contract for the platform, as in the worked example unless told otherwise."""
    terms = {
        "service": "studio",
        "allocation_model": "pro_rata",
        "commission_ppm": 300_000,
        "fallback": "held",
        "idle_subscribers": "pool",
        "pays_before_collection": True,
    }
    frame = {"code": "studio-2026", "name": "Studio 2026", "valid_from": date(2026, 1, 1)}
    frame |= {key: changes.pop(key) for key in list(changes) if key in {*frame, "valid_until"}}
    return contracts.sign_contract(
        platform=platform, terms=contracts.Terms(**(terms | changes)), **frame
    )


@transaction.atomic
def empty_world(**terms: object) -> World:
    """A platform with a contract and an open month, and two people; no music yet."""
    platform = Platform.objects.create(code="acme", name="Acme Music AI")
    contract = sign(platform, **terms)
    return World(
        platform=platform,
        contract=contract,
        period=periods.open_period(contract=contract, starts_on=STARTS, ends_on=ENDS),
        ann=User.objects.create_user("ann@example.org", name="Ann"),
        ben=User.objects.create_user("ben@example.org", name="Ben"),
        parties={name: Party.objects.create(ref=name, name=f"Party {name}") for name in "ABC"},
    )


@transaction.atomic
def worked_example(**terms: object) -> World:
    """The world of the worked example: catalogue, generations and their attributions."""
    world = empty_world(**terms)
    version = ModelVersion.objects.create(platform=world.platform, name="m", version="1")
    training_set = TrainingSet.objects.create(
        model_version=version, digest="d" * 64, track_count=len(OWNERS), frozen_at=TRAINED
    )
    for position, (ref, owners) in enumerate(OWNERS.items()):
        world.tracks[ref] = add_track(world, ref, owners)
        TrainingSetTrack.objects.create(
            training_set=training_set,
            track=world.tracks[ref],
            position=position,
            role="train",
            asset_sha256=world.tracks[ref].asset.sha256,
        )
    store = FeatureStore.objects.create(
        model_version=version, training_set=training_set, folder="f", config={}
    )
    world.run = attribution_run(store, id=UUID(int=1))
    for name, shares in SHARES.items():
        world.generations[name] = add_generation(world, name, version)
        attribute(world, name, shares)
    return world


def add_asset(name: str) -> Asset:
    return Asset.objects.create(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        storage_name=f"assets/{name}",
        media_type="audio/midi",
        size_bytes=1,
        seconds=1.0,
    )


def add_track(world: World, ref: str, owners: dict[str, float]) -> Track:
    work = Work.objects.create(ref=f"work:{ref}", title=f"Song {ref}")
    for name, part in owners.items():
        own(world, work, name, round(part * 1_000_000))
    return Track.objects.create(ref=ref, work=work, asset=add_asset(ref), title=f"Song {ref}")


def own(
    world: World, work: Work, party: str, ppm: int, since: date = date(2020, 1, 1), **more: object
) -> Share:
    return Share.objects.create(
        work=work,
        party=world.parties[party],
        right="composition",
        share_ppm=ppm,
        valid_from=since,
        **({"role": "composer"} | more),
    )


def add_generation(world: World, name: str, version: ModelVersion) -> Generation:
    return Generation.objects.create(
        platform=world.platform,
        model_version=version,
        external_id=name,
        asset=add_asset(name),
        generated_at=AFTER,
    )


def attribution_run(
    store: FeatureStore, finished_at: datetime | None = AFTER, **more: object
) -> AttributionRun:
    return AttributionRun.objects.create(
        **more,
        feature_store=store,
        method="ekfac",
        config={},
        code_version="test",
        quality={},
        finished_at=finished_at,
    )


def attribute(
    world: World, name: str, shares: dict[str, int], run: AttributionRun | None = None
) -> Attribution:
    return Attribution.objects.create(
        run=run or world.run,
        generation=world.generations[name],
        track_ids=[world.tracks[ref].pk for ref in shares],
        share_ppb=list(shares.values()),
        low_ppb=list(shares.values()),
        high_ppb=list(shares.values()),
        unattributed_ppb=1_000_000_000 - sum(shares.values()),
        has_model_interval=False,
    )


def usage_line(number: int, subscriber: str, generation: str, count: int) -> dict:
    return {
        "event_id": f"use-{number}",
        "service": "studio",
        "generation": generation,
        "subscriber": subscriber,
        "used_at": f"2026-10-{number % 28 + 1:02d}T12:00:00Z",
        "count": count,
    }


def revenue_line(subscriber: str, amount: str) -> dict:
    return {
        "event_id": f"fee-{subscriber}",
        "service": "studio",
        "kind": "subscription",
        "subscriber": subscriber,
        "amount": amount,
        "currency": "EUR",
        "earned_on": "2026-10-01",
    }


def usage_lines() -> list[dict]:
    return [usage_line(number, *use) for number, use in enumerate(USES)]


def revenue_lines() -> list[dict]:
    return [revenue_line(*fee) for fee in FEES.items()]


def ndjson(path: Path, lines: list[object]) -> Path:
    """Write lines to a file; a line that is text already is written as it is."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts))
    return path


def settle(world: World, period: Period | None = None, as_of: datetime = AFTER) -> Period:
    """Ann computes, Ben reviews, Ann closes."""
    period = period or world.period
    periods.compute_period(period=period, user=world.ann, as_of=as_of)
    periods.review_period(period=period, user=world.ben, as_of=as_of)
    return periods.close_period(period=period, user=world.ann, as_of=as_of)


def show(period: Period, user: User) -> Publication:
    """Let payees see a period's statements, whether or not their documents are written."""
    drafts = period.statements.filter(publication__isnull=True)
    publication = Publication.objects.create(
        period=period, published_by=user, published_at=AFTER, statement_count=drafts.count()
    )
    drafts.update(publication=publication)
    return publication


def payables(world: World, as_of: date = LAST_DAY) -> dict[str, int]:
    """Atoms that the ledger owes to each party at the end of a day."""
    accounts = Account.objects.filter(kind="party_payable").select_related("party")
    return {account.party.ref: ledger_selectors.balance(account, as_of) for account in accounts}


def balances(world: World) -> dict[str, int]:
    """Atoms on the accounts that are not a party's."""
    rows = ledger_selectors.trial_balance().rows
    return {row.account.kind: row.balance_atoms for row in rows if row.account.party is None}
