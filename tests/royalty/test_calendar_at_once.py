"""Two calendars on two real connections: together they do everything once."""

from royalty.services.calendar import run_calendar
from tests.royalty.cast import ENDS, empty_world
from tests.royalty.test_calendar import computations, on
from tests.royalty.test_ledger_at_commit import in_threads


def test_two_calendars_at_once_open_and_compute_once(committed_db):
    world = empty_world()
    results = in_threads(*(lambda: run_calendar(on("2026-11-15")) for _ in range(2)))
    assert [type(result) for result in results] == [list, list], results
    assert world.contract.periods.filter(starts_on=ENDS).count() == 1
    assert len(computations()) == 1
