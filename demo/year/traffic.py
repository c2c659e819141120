"""What the platform reports: ordinary months, and what it reports wrongly or late."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from demo.economy import Month, Service, write_events, write_month
from demo.year.desk import restate
from demo.year.plan import Calendar, at, name_of
from demo.year.world import World
from royalty.models import RestatementKind
from royalty.services.intake import take_revenue, take_usage

WRONG_COUNT, RIGHT_COUNT = 4_000, 4
LATE_USES = 25
ROBOT, ROBOT_USES, ROBOT_HOURS = "robot", 2_000, 20  # in each of so many hours


def take_traffic(world: World, month: Month) -> None:
    """Take in what the platform reports of an ordinary month."""
    seed = (world.seed, month.starts_on.year, month.starts_on.month)
    services = [_grown(service, world.calendar, month) for service in world.services]
    usage, revenue = write_month(_folder(world, month), services, world.pieces, seed, month)
    take_usage(platform=world.platform, source=usage, name=usage.name)
    take_revenue(platform=world.platform, source=revenue, name=revenue.name)


def use_is_corrected(world: World, month: Month) -> str:
    """A use was counted a thousand times, and the platform says so before the month is over."""
    wrong = _use(world, month, "wrong", 0) | {"count": WRONG_COUNT}
    right = _use(world, month, "right", 0) | {"count": RIGHT_COUNT, "corrects": wrong["event_id"]}
    for name, event in (("wrong", wrong), ("right", right)):
        _take_uses(world, month, name, [event])
    return (
        f"{world.platform} reported {WRONG_COUNT:,} uses of {wrong['generation']}, and corrects "
        f"them to {RIGHT_COUNT}: the last report counts, both are kept."
    )


def robot_plays(world: World, month: Month) -> str:
    """A subscriber who plays one piece day and night; what comes of it is seen at the close."""
    service = world.services[0].code
    plays = [
        _use(world, month, ROBOT, 0)
        | {
            "event_id": f"use-{month.prefix}{ROBOT}-{hour:04d}",
            "subscriber": f"{service}-{ROBOT}",
            "count": ROBOT_USES,
        }
        for hour in range(ROBOT_HOURS)
    ]
    _take_uses(world, month, ROBOT, plays)
    piece, count = plays[0]["generation"], ROBOT_USES * ROBOT_HOURS
    return f"{service}-{ROBOT} plays {piece} {count:,} times; nobody has noticed yet."


def usage_comes_late(world: World, month: Month) -> str:
    """Uses of a month that is closed: kept as late, and brought in by restating the month."""
    late = world.calendar.month(world.calendar.number(month) - 2)
    uses = [_use(world, late, "late", number) for number in range(LATE_USES)]
    _take_uses(world, late, "late", uses, is_late=True)
    reason = f"{LATE_USES} uses of {late.starts_on:%Y-%m} were reported after its close."
    count = restate(world, [late], month, RestatementKind.LATE_USAGE, reason)
    return f"{LATE_USES} uses of {name_of(late)} come in late: {count} period is restated."


def _use(world: World, month: Month, name: str, number: int) -> dict[str, Any]:
    """A use of a piece by a subscriber of the first service, who is there every month."""
    service = world.services[0].code
    return {
        "event_id": f"use-{month.prefix}{name}-{number:04d}",
        "service": service,
        "generation": world.pieces[number % len(world.pieces)],
        "subscriber": f"{service}-{number % 4:03d}",
        "used_at": at(month, 1 + number % 28).isoformat(),
        "count": 3,
    }


def _take_uses(
    world: World,
    month: Month,
    name: str,
    uses: Iterable[dict[str, Any]],
    *,
    is_late: bool = False,
) -> None:
    folder = _folder(world, month)
    folder.mkdir(parents=True, exist_ok=True)
    path = write_events(folder / f"{name}.ndjson", uses)
    take_usage(platform=world.platform, source=path, name=path.name, is_late=is_late)


def _folder(world: World, month: Month) -> Path:
    return world.folder / "intake" / f"{month.starts_on:%Y-%m}"


def _grown(service: Service, calendar: Calendar, month: Month) -> Service:
    """A service wins a subscriber a month; the last month has as many as it names."""
    still_to_come = calendar.plan.months - calendar.number(month)
    return replace(service, subscribers=service.subscribers - still_to_come)
