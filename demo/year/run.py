"""The year from its first day to the checks."""

from collections.abc import Callable, Iterator

from rich.console import Console

from demo.economy import Month
from demo.year import collecting, desk, events, traffic
from demo.year.checks import checks
from demo.year.figures import figures_of, fingerprint, heading, line
from demo.year.world import World

Tell = Callable[[str], None]
Welcome = Callable[[Month], None]
FIRST_CLOSED = 1


def live(world: World, tell: Tell, welcome: Welcome = lambda _: None) -> None:
    """Live through all months, and through the one in which the last is closed and paid.

    Args:
        tell: is given each line of the table, and a sentence for whatever is out of the ordinary.
        welcome: lets people in, once the first month says who they could be.
    """
    calendar, plan = world.calendar, world.calendar.plan
    tell(heading())
    for number in range(1, plan.months + 2):
        now = calendar.month(number)
        desk.open_month(world, now)
        if number > 1:
            before = calendar.month(number - 1)
            held = desk.close_month(world, before, now)
            if number == FIRST_CLOSED + 1:
                welcome(before)
            desk.publish_month(world, before, now)
            for sentence in held:
                tell(f"     {sentence}")
            tell(line(before, figures_of(before)))
            collecting.invoice(world, now)
        for sentence in _middle(world, number):
            tell(f"     {sentence}")
    tell(line(now, figures_of(now)))


def _middle(world: World, number: int) -> Iterator[str]:
    """What happens once the month before is closed; yields what is worth telling."""
    plan, now = world.calendar.plan, world.calendar.month(number)
    if number <= plan.months:
        yield from events.happen(world, number)
        traffic.take_traffic(world, now)
    if number > 1:
        rejected = [world.cast.unlucky.pk] if number == plan.failed_payment else []
        told = (collecting.collect(world, now), desk.came_back(desk.pay(world, now, rejected)))
        yield from filter(None, told)


def conclude(world: World, console: Console) -> int:
    """Print every check with its evidence; returns the exit status."""
    n_faults = 0
    for check in checks(world):
        sign = "[red]✗[/]" if check.faults else "[green]✓[/]"
        console.print(f"{sign} [bold]{check.claim}[/]: {check.evidence}", soft_wrap=True)
        for fault in check.faults:
            console.print(f"    {fault}", style="red", markup=False, soft_wrap=True)
        n_faults += len(check.faults)
    text = f"\nThe lines of all runs, with seed {world.seed}: sha256 {fingerprint()}"
    console.print(text, soft_wrap=True)
    return 1 if n_faults else 0
