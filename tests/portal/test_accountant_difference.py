"""The difference from the last period: by party, track and contract, with the same sums."""

import pytest

from catalog.models import Party
from tests.portal.people import text
from tests.portal.test_effort import reads
from tests.portal.test_statement_pages import settle_november

pytestmark = pytest.mark.django_db


@pytest.fixture
def november(month, take):
    """A second month, of which October is the one before."""
    settle_november(month, take)
    return month.contract.periods.get(starts_on="2026-11-01")


def rows(client, period, query: str = ""):
    return client.get(f"/close/{period.pk}/difference/?{query}").context["page"].object_list


def test_parties_and_tracks_have_the_same_totals(people, november):
    totals = []
    for by in ("party", "track"):
        shown = people.oda.get(f"/close/{november.pk}/difference/?by={by}")
        totals.append(shown.context["totals"])
    assert totals[0] == totals[1]
    assert totals[0].before_atoms > 0
    assert "studio-2026 2026-11 beside studio-2026 2026-10." in text(shown)


def test_the_biggest_move_comes_first_and_filters_narrow(people, november):
    moves = [abs(row.difference_atoms) for row in rows(people.oda, november)]
    assert moves == sorted(moves, reverse=True)
    assert [row.name for row in rows(people.oda, november, "q=party+b")] == ["Party B"]
    assert rows(people.oda, november, "sort=name")[0].name == "Party A"
    up = rows(people.oda, november, "move=up")
    down = rows(people.oda, november, "move=down")
    assert all(row.difference_atoms > 0 for row in up)
    assert all(row.difference_atoms < 0 for row in down)
    assert "Nothing is like that" in text(
        people.oda.get(f"/close/{november.pk}/difference/?q=nobody")
    )


def test_each_contract_stands_with_its_pool(people, november):
    (row,) = rows(people.oda, november, "by=contract")
    assert (row.name, row.before_atoms) == ("Studio 2026", 2_800_000_000)


@pytest.mark.parametrize("by", ["party", "track", "contract"])
def test_the_file_has_every_row_and_no_formula(people, november, by):
    Party.objects.filter(ref="A").update(name="=1+1")
    answer = people.oda.get(f"/close/{november.pk}/difference.csv?by={by}")
    lines = answer.content.decode().splitlines()
    assert len(lines) > 1
    assert not any(",=1" in line for line in lines)


def test_it_is_the_operators_alone(people, november):
    assert people.ada.get(f"/close/{november.pk}/difference/").status_code == 404
    assert people.oda.get("/close/999/difference/").status_code == 404


def test_the_table_asks_the_database_a_few_times(people, november):
    for by in ("party", "track", "contract"):
        assert reads(people.oda, f"/close/{november.pk}/difference/?by={by}") <= 14
