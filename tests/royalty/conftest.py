"""Worlds to act upon, and a broker that only notes what it was told."""

import pytest

from common.jobs import dispatch
from royalty.services import intake
from tests.royalty.cast import (
    World,
    empty_world,
    ndjson,
    revenue_lines,
    settle,
    usage_lines,
    worked_example,
)
from tests.royalty.payees import agree_with_all, open_month


@pytest.fixture(autouse=True)
def woken(monkeypatch) -> list[str]:
    """The wake-ups that were sent; no worker listens."""
    sent: list[str] = []
    monkeypatch.setattr(
        dispatch.current_app, "send_task", lambda name, args, **_: sent.append(args[0])
    )
    return sent


@pytest.fixture
def bare(db) -> World:
    """A platform, a contract, an open month, two people, three parties; no music."""
    return empty_world()


@pytest.fixture
def world(db) -> World:
    """The worked example with its music, before anything was reported."""
    return worked_example()


@pytest.fixture
def take(tmp_path):
    """Take lines in, as a platform would send them."""

    def take_lines(world, kind, lines, name="october.ndjson"):
        function = {"usage": intake.take_usage, "revenue": intake.take_revenue}[kind]
        path = ndjson(tmp_path / name, lines)
        return function(platform=world.platform, source=path, name=name)

    return take_lines


@pytest.fixture
def report(take):
    """Send the worked example's uses and revenue."""

    def report_month(world) -> World:
        take(world, "usage", usage_lines(), "usage.ndjson")
        take(world, "revenue", revenue_lines(), "revenue.ndjson")
        return world

    return report_month


@pytest.fixture
def reported(world, report) -> World:
    """The worked example with its uses and its revenue."""
    return report(world)


@pytest.fixture
def november(reported):
    """October is closed, November is open, and nobody has terms yet."""
    settle(reported)
    open_month(reported)
    return reported


@pytest.fixture
def ready(november):
    """Everybody has terms without deductions, and a bank."""
    agree_with_all(november)
    return november
