"""Years drawn from seeds: reported, settled, corrected and paid in disorder, and right in the end.

`SIMULATION_SEEDS=2000 pytest tests/simulation` simulates as many, from `SIMULATION_FIRST_SEED` on.
A seed draws the same year every time; only which of two steps at once wins is left to the machine.
"""

import os
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import transaction

from common.jobs import dispatch
from royalty.services import proofs
from tests.conftest import cloned_database
from tests.simulation.chaos import ACCOUNTING, OUTSIDE, REPORTING, disturb
from tests.simulation.ending import finish, replay, settle_months, stated
from tests.simulation.plan import REPORTED, draw
from tests.simulation.truths import falsehoods, has_released, not_in_the_books, outcome
from tests.simulation.year import begin

FIRST = int(os.environ.get("SIMULATION_FIRST_SEED", "1"))
COUNT = int(os.environ.get("SIMULATION_SEEDS", "4"))
SEEDS = range(FIRST, FIRST + COUNT)


@pytest.fixture(autouse=True)
def databases(django_db_setup, django_db_blocker, monkeypatch):
    """Databases of each year's own, no worker to wake, and salts that do not differ."""
    monkeypatch.setattr(dispatch, "wake", lambda job: None)
    monkeypatch.setattr(proofs, "token_bytes", bytes)
    with django_db_blocker.unblock():
        yield


@contextmanager
def undone():
    """A world that nothing is left of."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_in_disorder_ends_as_if_everything_had_been_known_at_first(seed, tmp_path):
    plan = draw(seed)
    with cloned_database():
        year = begin(plan, tmp_path)
        told = disturb(year, ACCOUNTING, OUTSIDE)
        finish(year)
        assert falsehoods(year) == [], told
        months = year.months[: len(REPORTED)]
        disturbed = [outcome(month, year) for month in months]
        wrong = [not_in_the_books(year, month) for month in months if not has_released(month)]
        assert not any(wrong), told
    with undone():
        again = replay(plan, year, tmp_path / "replay")
        assert [outcome(month, again) for month in again.months[: len(REPORTED)]] == disturbed, told


@pytest.mark.parametrize("seed", SEEDS)
def test_files_in_disorder_lead_to_the_same_statements_and_roots(seed, tmp_path):
    plan = draw(seed)
    with cloned_database():
        year = replace(begin(plan, tmp_path), takes_late=False)
        told = disturb(year, REPORTING, {})
        finish(year)
        assert falsehoods(year) == [], told
        disturbed = stated(year)
    with undone():
        again = replay(plan, year, tmp_path / "replay")
        settle_months(again)
        assert stated(again) == disturbed, told
