"""What payees read where a contract pays two rights, guarantees a pool, or shares are contested."""

from datetime import date

import pytest

from catalog.models import Share
from royalty.documents import LineSource
from royalty.selectors.statement_lines import lines_of
from tests.portal.people import all_lines, gather, statement_of, text
from tests.royalty.cast import own, settle, show, worked_example
from tests.royalty.conftest import report, take, woken  # noqa: F401 fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(report):  # noqa: F811
    """Half goes to recordings, all of them C's; B's T2 is contested; 100.00 are guaranteed."""
    world = worked_example(composition_ppm=500_000, guarantee_minor=10_000)
    for track in world.tracks.values():
        Share.objects.create(
            track=track,
            party=world.parties["C"],
            right="recording",
            role="label",
            share_ppm=1_000_000,
            valid_from=date(2020, 1, 1),
        )
    own(world, world.tracks["T2"].work, "A", 400_000)
    show(settle(report(world)), world.ann)
    return gather(world)


def line_page(client, statement, source: LineSource) -> str:
    row = lines_of(statement, source=source)[0].row
    return text(client.get(f"/statements/{statement.pk}/lines/{row}/"))


def test_a_line_goes_through_its_right(people):
    page = line_page(people.cleo, statement_of("C"), LineSource.ATTRIBUTED)
    assert "The part of the recording" in page
    assert "The contract gives 50 % of each track's money to the recording." in page
    assert "You hold 100 % of the recording." in page


def test_a_contested_line_says_which_part_is_beyond_dispute(people):
    page = line_page(people.bea, statement_of("B"), LineSource.ATTRIBUTED)
    assert "Its owners claim more than the whole." in page
    assert "60 % of the composition is yours whatever the others claim" in page


def test_a_line_of_the_guarantee_starts_from_what_was_missing(people):
    page = line_page(people.bea, statement_of("B"), LineSource.GUARANTEE)
    assert "Earned by the contract's guarantee" in page
    assert "What was missing to the guarantee" in page
    assert "EUR 72.00000000" in page
    assert "there is no piece to listen to" in page


def test_the_lists_tell_the_guarantee_apart(people):
    statement = statement_of("B")
    assert "guaranteed" in text(people.bea.get("/statements/"))
    assert "by its guarantee" in text(people.bea.get("/"))
    page = text(people.bea.get(f"/statements/{statement.pk}/?kind=minimum+guarantee"))
    assert "minimum guarantee: no piece" in page
    assert "Minimum guarantee" in page


def test_a_user_centric_line_shows_what_each_subscriber_brought(report):  # noqa: F811
    world = worked_example(allocation_model="user_centric")
    show(settle(report(world)), world.ann)
    people, statement = gather(world), statement_of("B")
    row = next(n.row for n in all_lines(statement) if n.line.generation_id == "G2")
    page = text(people.bea.get(f"/statements/{statement.pk}/lines/{row}/"))
    assert "2 paying subscribers used the piece" in page
    assert "paid EUR 10.00 of EUR 40.00" in page
    assert "1 of 3" in page
    assert "3 of 7" in page
