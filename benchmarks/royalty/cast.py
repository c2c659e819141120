"""Who and what the benchmarks of the books act upon: a platform, its contract, a month, music.

Everything enters through the services that the product uses, but for music and its attributions,
which are written in bulk. Needs a database of its own.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

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
from royalty.models import Contract, Period
from royalty.services import contracts, periods

BATCH = 5_000
STARTS, ENDS = date(2026, 10, 1), date(2026, 11, 1)
AFTER = datetime(2026, 11, 3, 9, tzinfo=UTC)
WHOLE_PPM, SHARED_PPB = 1_000_000, 900_000_000
SUBSCRIBERS = 5_000


@dataclass(frozen=True)
class Cast:
    """A platform with an open month, who computes and closes it, and who reviews."""

    platform: Platform
    contract: Contract
    period: Period
    ann: User
    ben: User
    version: ModelVersion


def cast(code: str, allocation_model: str = "user_centric") -> Cast:
    """A platform of that code with a contract and an open month."""
    platform = Platform.objects.create(code=code, name=f"Platform {code}")
    contract = contracts.sign_contract(
        platform=platform,
        code=f"{code}-2026",
        name=f"Contract {code}",
        terms=contracts.Terms(
            service="studio",
            allocation_model=allocation_model,
            commission_ppm=300_000,
            fallback="held",
            idle_subscribers="pool",
        ),
        valid_from=date(2026, 1, 1),
    )
    return Cast(
        platform=platform,
        contract=contract,
        period=periods.open_period(contract=contract, starts_on=STARTS, ends_on=ENDS),
        ann=User.objects.create_user(f"ann@{code}.example.org", name="Ann"),
        ben=User.objects.create_user(f"ben@{code}.example.org", name="Ben"),
        version=ModelVersion.objects.create(platform=platform, name="model", version="1"),
    )


def parties(prefix: str, count: int) -> list[Party]:
    """Parties that own nothing yet."""
    return Party.objects.bulk_create(
        (Party(ref=f"{prefix}:{at:07}", name=f"Party {at}") for at in range(count)),
        batch_size=BATCH,
    )


def generations(of: Cast, count: int) -> list[Generation]:
    """Generated pieces that the platform has registered."""
    assets = _assets(f"{of.platform.code}-generation", count)
    return Generation.objects.bulk_create(
        (
            Generation(
                platform=of.platform,
                model_version=of.version,
                external_id=f"G{at:07}",
                asset=asset,
                generated_at=AFTER,
            )
            for at, asset in enumerate(assets)
        ),
        batch_size=BATCH,
    )


def tracks_of(party: Party, count: int, prefix: str = "") -> list[Track]:
    """Tracks of works that are one party's alone; other prefixes make other tracks."""
    works = Work.objects.bulk_create(
        (Work(ref=f"work:{prefix}{at:06}", title=f"Song {at}") for at in range(count)),
        batch_size=BATCH,
    )
    Share.objects.bulk_create(
        (
            Share(
                work=work,
                party=party,
                right="composition",
                share_ppm=WHOLE_PPM,
                valid_from=date(2020, 1, 1),
                role="composer",
            )
            for work in works
        ),
        batch_size=BATCH,
    )
    return Track.objects.bulk_create(
        (
            Track(ref=f"{prefix}T{at:06}", work=work, asset=asset, title=work.title)
            for at, (work, asset) in enumerate(
                zip(works, _assets(f"{prefix}track", count), strict=True)
            )
        ),
        batch_size=BATCH,
    )


def attribute(
    of: Cast, pieces: Sequence[Generation], tracks: Sequence[Track], tracks_per_piece: int
) -> None:
    """A finished run that attributes every piece to as many tracks, in equal shares."""
    training_set = _training_set(of, tracks)
    store = FeatureStore.objects.create(
        model_version=of.version, training_set=training_set, folder="f", config={}
    )
    run = AttributionRun.objects.create(
        feature_store=store,
        method="ekfac",
        config={},
        code_version="benchmark",
        quality={},
        finished_at=AFTER,
    )
    share_ppb = SHARED_PPB // tracks_per_piece
    Attribution.objects.bulk_create(
        (
            _attribution(
                run,
                piece,
                [tracks[(at * 7 + n) % len(tracks)].pk for n in range(tracks_per_piece)],
                share_ppb,
            )
            for at, piece in enumerate(pieces)
        ),
        batch_size=BATCH,
    )


def _attribution(
    run: AttributionRun, piece: Generation, track_ids: list[int], share_ppb: int
) -> Attribution:
    shares_ppb = [share_ppb] * len(track_ids)
    return Attribution(
        run=run,
        generation=piece,
        track_ids=track_ids,
        share_ppb=shares_ppb,
        low_ppb=shares_ppb,
        high_ppb=shares_ppb,
        unattributed_ppb=1_000_000_000 - sum(shares_ppb),
        has_model_interval=True,
    )


def _training_set(of: Cast, tracks: Sequence[Track]) -> TrainingSet:
    training_set = TrainingSet.objects.create(
        model_version=of.version, digest="d" * 64, track_count=len(tracks), frozen_at=AFTER
    )
    TrainingSetTrack.objects.bulk_create(
        (
            TrainingSetTrack(
                training_set=training_set,
                track=track,
                position=at,
                role="train",
                asset_sha256=track.file.sha256,
            )
            for at, track in enumerate(tracks)
        ),
        batch_size=BATCH,
    )
    return training_set


def _assets(prefix: str, count: int) -> list[Asset]:
    names = [f"{prefix}-{at}" for at in range(count)]
    return Asset.objects.bulk_create(
        (
            Asset(
                sha256=hashlib.sha256(name.encode()).hexdigest(),
                storage_name=f"assets/{name}",
                media_type="audio/midi",
                size_bytes=1,
                seconds=1.0,
            )
            for name in names
        ),
        batch_size=BATCH,
    )


def uses(prefix: str, pieces: Sequence[Generation], count: int) -> Iterator[dict[str, Any]]:
    """Events as a platform reports them; every piece in turn, subscribers in another rhythm."""
    for at in range(count):
        yield {
            "event_id": f"{prefix}-{at:09}",
            "service": "studio",
            "generation": pieces[at % len(pieces)].external_id,
            "subscriber": f"U{at * 7919 % SUBSCRIBERS:06}",
            "used_at": f"2026-10-{at % 28 + 1:02}T12:00:00Z",
            "count": 1 + at % 3,
        }


def fees() -> Iterator[dict[str, Any]]:
    """What each subscriber paid."""
    for at in range(SUBSCRIBERS):
        yield {
            "event_id": f"fee-{at:06}",
            "service": "studio",
            "kind": "subscription",
            "subscriber": f"U{at:06}",
            "amount": "9.99",
            "currency": "EUR",
            "earned_on": "2026-10-01",
        }


def ndjson(path: Path, events: Iterator[dict[str, Any]]) -> Path:
    """One event a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)
    return path
