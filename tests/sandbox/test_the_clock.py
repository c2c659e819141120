"""What time it is for a platform: in a sandbox its clock moves on, elsewhere there is none."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError

from catalog.models import Platform, SimulatedClock
from catalog.services import clock
from catalog.services.clock import ClockError, move_clock, now_for

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def acme() -> Platform:
    return Platform.objects.create(code="acme", name="Acme")


@pytest.fixture
def sandbox(settings) -> None:
    settings.IS_SANDBOX = True


class Watch:
    """The real time, as the test would have it."""

    now = NOW


@pytest.fixture(autouse=True)
def watch(monkeypatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(clock.timezone, "now", lambda: watch.now)
    return watch


def test_until_it_is_moved_it_says_the_real_time(acme, sandbox):
    assert now_for(acme) == NOW


def test_it_runs_on_from_where_it_was_moved_to(acme, sandbox, watch):
    assert move_clock(platform=acme, to=DECEMBER) == DECEMBER == now_for(acme)
    watch.now += timedelta(seconds=60)
    assert now_for(acme) == DECEMBER + timedelta(seconds=60)


def test_it_is_the_platforms_own(acme, sandbox):
    bolt = Platform.objects.create(code="bolt", name="Bolt")
    move_clock(platform=acme, to=DECEMBER)
    assert now_for(bolt) == NOW


def test_it_never_goes_back(acme, sandbox):
    move_clock(platform=acme, to=DECEMBER)
    assert move_clock(platform=acme, to=NOW) == DECEMBER == now_for(acme)


def test_the_database_does_not_let_it_be_late(acme):
    with pytest.raises(DatabaseError, match="simulated_clocks_are_not_late"):
        SimulatedClock.objects.create(platform=acme, ahead=timedelta(seconds=-1))


def test_where_money_is_real_nothing_moves_it_and_a_row_would_change_nothing(acme):
    with pytest.raises(ClockError, match="Only a sandbox"):
        move_clock(platform=acme, to=DECEMBER)
    SimulatedClock.objects.create(platform=acme, ahead=timedelta(days=30))
    assert now_for(acme) == NOW
