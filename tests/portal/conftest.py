"""A settled month of the worked example, and everybody who looks at it."""

import pytest

from attribution.models import Attribution
from royalty.services import statements
from tests.portal.people import People, gather
from tests.royalty.cast import AFTER, World, settle, show, worked_example
from tests.royalty.conftest import report, take, woken  # noqa: F401 fixtures


@pytest.fixture
def world(db) -> World:
    """Of G2, which earns 2.80, nothing accounts for 37.5 %: 0.35 goes to each training track."""
    world = worked_example(fallback="equal_training_set")
    shares = [375_000_000, 250_000_000]
    Attribution.objects.filter(generation=world.generations["G2"]).update(
        share_ppb=shares, low_ppb=shares, high_ppb=shares, unattributed_ppb=375_000_000
    )
    return world


@pytest.fixture
def month(world, report) -> World:  # noqa: F811
    """The month, closed and shown to payees; its statements are not rendered yet."""
    show(settle(report(world)), world.ann)
    return world


@pytest.fixture
def people(month) -> People:
    return gather(month)


@pytest.fixture
def rendered(month) -> World:
    """The month with every document written."""
    for statement in statements.Statement.objects.all():
        statements.render_statement(statement=statement, as_of=AFTER)
    return month
