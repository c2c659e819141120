"""What a seed draws: terms, music, its owners, and what a platform reports in three months.

Pure: the same seed draws the same plan, and nothing here touches the database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from typing import Any

from tests.royalty.cast import revenue_line, usage_line

PARTIES = "ABC"
MONTHS = (date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
REPORTED = MONTHS[:3]  # the fourth month only takes what is booked about the others
MODELS: tuple[tuple[str, dict[str, int]], ...] = (
    ("pro_rata", {}),
    ("user_centric", {}),
    ("blend", {"alpha_ppm": 300_001}),
)
Line = dict[str, Any]
Parts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Plan:
    """Everything about a simulated year that does not depend on what anybody does."""

    seed: int
    terms: dict[str, Any]
    owners: Parts  # ppm of each party, by track
    shares: Parts  # ppb of each track, by generated piece
    usage: tuple[Line, ...]
    revenue: tuple[Line, ...]

    @property
    def lines(self) -> dict[str, tuple[Line, ...]]:
        return {"usage": self.usage, "revenue": self.revenue}


def draw(seed: int) -> Plan:
    """The plan of a seed."""
    rng = Random(seed)
    model, parameters = rng.choice(MODELS)
    tracks = [f"T{number}" for number in range(rng.randint(2, 5))]
    pieces = [f"G{number}" for number in range(rng.randint(2, 6))]
    subscribers = [f"U{number}" for number in range(rng.randint(2, 5))]
    usage, revenue = _uses(rng, pieces, subscribers), _fees(rng, subscribers)
    return Plan(
        seed=seed,
        terms={
            "allocation_model": model,
            "model_parameters": parameters,
            "commission_ppm": rng.choice((0, 150_000, 333_333, 1_000_000)),
            "fallback": rng.choice(("held", "platform", "equal_training_set")),
            "idle_subscribers": rng.choice(("pool", "platform")),
            "holding_months": rng.choice((0, 1)),
        },
        owners={track: draw_parts(rng, list(PARTIES), 1_000_000) for track in tracks},
        shares={piece: draw_parts(rng, tracks, 1_000_000_000) for piece in pieces},
        usage=(*usage, *_corrections(rng, usage, "count", lambda: rng.randint(0, 9))),
        revenue=(*revenue, *_corrections(rng, revenue, "amount", lambda: f"{rng.randint(0, 9)}.5")),
    )


def draw_parts(rng: Random, names: list[str], whole: int) -> dict[str, int]:
    """Some of the names, each with a part; they sum to the whole or, half of the time, to less."""
    chosen = rng.sample(names, rng.randint(1, len(names)))
    cuts = sorted(rng.sample(range(1, whole), len(chosen)))
    if rng.random() < 0.5:
        cuts[-1] = whole
    return {name: end - start for name, start, end in zip(chosen, [0, *cuts], cuts, strict=False)}


def _uses(rng: Random, pieces: list[str], subscribers: list[str]) -> list[Line]:
    lines = []
    for month, ends_on in zip(REPORTED, MONTHS[1:], strict=True):
        for _ in range(rng.randint(5, 15)):
            line = usage_line(
                len(lines), rng.choice(subscribers), rng.choice(pieces), rng.randint(1, 9)
            )
            lines.append(line | {"used_at": draw_instant(rng, month, ends_on)})
    return lines


def draw_instant(rng: Random, starts_on: date, ends_on: date) -> str:
    """A moment of some days in UTC, often at their very edges, told by some clock of the world."""
    start = datetime(starts_on.year, starts_on.month, 1, tzinfo=UTC)
    seconds = (ends_on - starts_on).days * 86_400
    second = rng.choice((0, seconds - 1, rng.randrange(seconds), rng.randrange(seconds)))
    zone = timezone(timedelta(minutes=rng.choice((0, -720, 330, 840))))
    return (start + timedelta(seconds=second)).astimezone(zone).isoformat()


def _corrections(
    rng: Random, lines: list[Line], field: str, value: Callable[[], object]
) -> list[Line]:
    """For some lines another one that replaces it, also by nothing."""
    return [
        line | {"event_id": f"fix-{line['event_id']}", "corrects": line["event_id"], field: value()}
        for line in lines
        if rng.random() < 0.15
    ]


def _fees(rng: Random, subscribers: list[str]) -> list[Line]:
    lines = []
    for month in REPORTED:
        for name in subscribers:
            if rng.random() < 0.8:
                amount = f"{rng.randint(0, 30)}.{rng.randint(1, 99):02}"
                line = revenue_line(name, amount) | {"event_id": f"fee-{month}-{name}"}
                day = month + timedelta(days=rng.choice((0, 13, 27)))
                lines.append(line | {"earned_on": day.isoformat()})
    return lines
