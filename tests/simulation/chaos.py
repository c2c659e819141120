"""Disorder: steps at wrong moments, twice, at once, and killed in the middle of a transaction.

A step that is killed must leave nothing at all; a step that is refused must leave nothing either;
of steps at once each has an answer. What was accepted is noted only after the step came back.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Barrier
from typing import Any

from django.apps import apps
from django.db import connection

from tests.simulation import year as steps
from tests.simulation.year import REFUSALS, Lot, Year

STEPS = 60
LAST = datetime(2027, 1, 20, 9, tzinfo=UTC)
Weights = dict[str, int]
OUTSIDE: Weights = {"sell": 1, "attribute_anew": 1}  # no service refuses or undoes these
REPORTING: Weights = {
    **{"send_usage": 8, "send_revenue": 6, "compute": 5, "review": 5, "close": 6, "reopen": 2},
}
ACCOUNTING: Weights = {
    **REPORTING,
    "restate": 3,
    **{"advance": 2, "reverse": 2, "ask_release": 2, "approve_release": 2},
    **{"draft": 3, "approve": 4, "order": 3, "hand_over": 3, "settle": 2, "return_one": 2},
}
Step = Callable[[], Any]


class Killed(BaseException):
    """The process dies: nobody catches this."""


def disturb(year: Year, weights: Weights, outside: Weights) -> list[str]:
    """Some months of disorder; returns what was done, for whoever looks for a fault."""
    told = []
    for number in range(STEPS):
        year.now = min(LAST, year.now + timedelta(hours=year.rng.randint(0, 72)))
        how = year.rng.choice(("outside", "plain", "plain", "plain", "twice", "at once", "killed"))
        if how == "outside" and not outside:
            continue
        chosen = outside if how == "outside" else weights
        named = [_drawn(year, chosen, number) for _ in range(2 if how == "at once" else 1)]
        told.append(f"{year.now:%m-%d} {how}: {' + '.join(name for name, _ in named)}")
        work = [step for _, step in named]
        if how == "killed":
            _killed(year, work[0])
        else:
            for results in _taken(work * 2 if how == "twice" else work, how):
                note(year, results)
    return told


def note(year: Year, result: Any) -> None:
    """Keep what a step changed in the world outside the books."""
    if isinstance(result, REFUSALS) or result is None:
        return
    if isinstance(result, BaseException):
        raise result
    what, value = result
    if what in year.accepted:
        year.accepted[what].update({line["event_id"]: line for line in value})
    elif value is not None:
        getattr(year.changes, what).append(value)


def _taken(work: list[Step], how: str) -> list[Any]:
    if how == "at once":
        return at_once(work)
    return [attempt(step) for step in work]


def attempt(step: Step) -> Any:
    """What a step gives, or the refusal, which must leave the books as they were."""
    before = fingerprint()
    try:
        return step()
    except REFUSALS as error:
        refusal = error
    assert fingerprint() == before, f"refused, and yet something changed: {refusal}"
    return refusal


def at_once(work: list[Step]) -> list[Any]:
    """The same on connections of their own, at the same moment."""
    gate = Barrier(len(work))

    def run(step: Step) -> Any:
        gate.wait()
        try:
            return step()
        except Exception as error:  # noqa: BLE001 the note says which are answers
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def _killed(year: Year, step: Step) -> None:
    """Die before the statement of a drawn number; a step that needs fewer is simply done."""
    before, number = fingerprint(), year.rng.choice((2, 4, 7, 11, 16, 24, 40))
    try:
        with dying_before(number):
            result = step()
    except Killed:
        assert fingerprint() == before, "killed, and yet something stayed"
    except REFUSALS:
        pass
    else:
        note(year, result)


@contextmanager
def dying_before(number: int) -> Iterator[None]:
    """The process dies when it is about to send the n-th statement of the block."""
    left = [number]

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return execute(*arguments)

    with connection.execute_wrapper(count):
        yield


def fingerprint() -> str:
    """The hash of every row of the books, of events and of jobs."""
    models = [
        *apps.get_app_config("royalty").get_models(),
        *apps.get_app_config("jobs").get_models(),
    ]
    tables = sorted(model._meta.db_table for model in models)
    sha = sha256()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            sha.update(f"{table} {cursor.fetchone()[0]}\n".encode())
    return sha.hexdigest()


def _drawn(year: Year, weights: Weights, number: int) -> tuple[str, Step]:
    name = year.rng.choices(list(weights), list(weights.values()))[0]
    lot = steps.draw_lot(year)
    if name.startswith("send_"):
        return name, _sending(year, name.removeprefix("send_"), f"{number}-{lot.number}.ndjson")
    if name == "sell":
        return name, lambda: ("sales", steps.sell(year, lot))
    if name == "attribute_anew":
        return name, _attributing(year, lot)
    if name == "close" and year.rng.random() < 0.8:
        lot = replace(lot, period=_next_to_close(year) or lot.period)
    step = getattr(steps, name)
    return f"{name} {lot.period.label}", lambda: step(year, lot)


def _sending(year: Year, kind: str, name: str) -> Step:
    """Some of what waits, and of what came before, in any order, some of it twice."""
    waiting, known = year.waiting(kind), list(year.accepted[kind].values())
    lines = year.rng.sample(waiting, year.rng.randint(0, len(waiting)))
    lines += year.rng.sample(known, min(len(known), year.rng.choice((0, 0, 3))))
    lines += year.rng.sample(lines, min(len(lines), year.rng.choice((0, 2))))
    year.rng.shuffle(lines)
    if not lines:
        return lambda: None
    is_late = year.takes_late and year.rng.random() < 0.3
    return lambda: (kind, steps.send(year, kind, lines, name, is_late=is_late))


def _attributing(year: Year, lot: Lot) -> Step:
    found, number = steps.draw_attribution(year, lot), len(year.changes.attributions)

    def step() -> tuple[str, Any]:
        steps.attribute_anew(year.world, found, number)
        return "attributions", (number, found)

    return step


def _next_to_close(year: Year) -> Any:
    for period in year.months:
        period.refresh_from_db()
        if period.status != "closed":
            return period
    return None
