"""Made-up months of a made-up platform: who subscribes, what they play, what they pay.

The platform "Cadenza", its subscribers and its prices are invented; everything is drawn from one
seed, so that the same pieces give the same month. The shapes are those of streaming: popularity
falls off with rank, a few people listen a lot, some pay and do not listen at all.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

MONTH_START = date(2026, 10, 1)
MONTH_END = date(2026, 11, 1)
PRICES = ("9.99", "9.99", "9.99", "4.99")  # one subscriber in four pays the student price
IDLE_PART = 0.05


@dataclass(frozen=True)
class Service:
    """A product of the platform, with a contract of its own."""

    code: str
    name: str
    subscribers: int
    allocation_model: str
    fallback: str


@dataclass(frozen=True)
class Month:
    """The days in which everything happens; `prefix` tells uses apart from other months'."""

    starts_on: date
    ends_on: date
    prefix: str = ""

    @property
    def last_day(self) -> date:
        return self.ends_on - timedelta(days=1)


OCTOBER = Month(MONTH_START, MONTH_END)

# The same catalogue under the two contracts that the industry argues about. They also differ in
# what becomes of money that attribution cannot place: shared equally, or held.
SERVICES = (
    Service("studio", "Cadenza Studio", 60, "pro_rata", "equal_training_set"),
    Service("club", "Cadenza Club", 60, "user_centric", "held"),
)


def services_of(size: str) -> list[Service]:
    """The services of a demonstration of a size; each size has its own, so that none disturbs
    another's books."""
    prefix = "" if size == "demo" else f"{size}-"
    return [replace(service, code=f"{prefix}{service.code}") for service in SERVICES]


def write_month(
    folder: Path,
    services: Sequence[Service],
    pieces: Sequence[str],
    seed: int | Sequence[int],
    month: Month = OCTOBER,
) -> tuple[Path, Path]:
    """Write a month's usage and revenue as NDJSON; returns both paths."""
    random = np.random.default_rng(seed)
    usage: list[dict[str, Any]] = []
    revenue: list[dict[str, Any]] = []
    for service in services:
        popularity = _popularity(len(pieces), random)
        for number in range(service.subscribers):
            subscriber = f"{service.code}-{number:03d}"
            revenue.append(_payment(service, subscriber, PRICES[number % len(PRICES)], month))
            usage.extend(_listening(month, service, subscriber, pieces, popularity, random))
    folder.mkdir(parents=True, exist_ok=True)
    return (
        write_events(folder / "usage.ndjson", usage),
        write_events(folder / "revenue.ndjson", revenue),
    )


def _popularity(count: int, random: np.random.Generator) -> np.ndarray[Any, Any]:
    """Zipf's law over the pieces in an order of chance."""
    weights = 1.0 / np.arange(1, count + 1) ** 0.8
    random.shuffle(weights)
    normalised: np.ndarray[Any, Any] = weights / weights.sum()
    return normalised


def _payment(service: Service, subscriber: str, amount: str, month: Month) -> dict[str, Any]:
    return {
        "event_id": f"fee-{subscriber}-{month.starts_on:%Y-%m}",
        "service": service.code,
        "kind": "subscription",
        "subscriber": subscriber,
        "amount": amount,
        "currency": "EUR",
        "earned_on": month.starts_on.isoformat(),
    }


def _listening(
    month: Month,
    service: Service,
    subscriber: str,
    pieces: Sequence[str],
    popularity: np.ndarray[Any, Any],
    random: np.random.Generator,
) -> Iterable[dict[str, Any]]:
    """A subscriber's month: a personal taste over the pieces, heavy-tailed in how much."""
    if random.random() < IDLE_PART:
        return
    taste = random.dirichlet(popularity * 25)
    sessions = 1 + int(random.lognormal(2.2, 0.9))
    start = datetime.combine(month.starts_on, datetime.min.time(), UTC)
    minutes = int((month.ends_on - month.starts_on).total_seconds() // 60)
    for session, piece in enumerate(random.choice(len(pieces), size=sessions, p=taste)):
        yield {
            "event_id": f"use-{month.prefix}{subscriber}-{session:04d}",
            "service": service.code,
            "generation": pieces[piece],
            "subscriber": subscriber,
            "used_at": (start + timedelta(minutes=int(random.integers(minutes)))).isoformat(),
            "count": 1 + int(random.geometric(0.5)),
        }


def write_events(path: Path, events: Iterable[dict[str, Any]]) -> Path:
    """One JSON object a line."""
    with path.open("w", encoding="utf-8") as handle:
        for event in events:
            handle.write(json.dumps(event, ensure_ascii=False) + "\n")
    return path
