"""A line's page, end to end: each amount follows from the one above, to the atom."""

import pytest
from django.utils.translation import override

from common.money import PPM
from portal.rights_holder.chain import chain_of
from portal.rights_holder.origin import ending_of, origin_of
from royalty.models import AllocationRun, Statement
from royalty.selectors.explanations import explained_line
from tests.portal.people import all_lines, statement_of, text
from tests.portal.test_line_pages import ATOM, number

pytestmark = pytest.mark.django_db
CENT_ATOMS = 1_000_000


def page_of(people, ref, row=None):
    statement = statement_of(ref)
    client = {"A": people.ada, "B": people.bea, "C": people.cleo}[ref]
    named = all_lines(statement)[0].row if row is None else row
    return client.get(f"/statements/{statement.pk}/lines/{named}/")


@pytest.mark.parametrize("ref", "ABC")
def test_each_step_takes_the_result_of_the_one_above_from_the_gross_to_the_coin(people, ref):
    for numbered in all_lines(statement_of(ref)):
        shown = page_of(people, ref, numbered.row).context
        origin, chain, ending = shown["origin"], shown["chain"], shown["ending"]
        commission = (2 * origin.gross_atoms * origin.commission_ppm // (PPM * CENT_ATOMS) + 1) // 2
        assert origin.commission_atoms == commission * CENT_ATOMS
        assert origin.pool_atoms == origin.gross_atoms - origin.commission_atoms
        above = origin.pool_atoms
        for link in chain.links:
            if link.from_text:
                assert number(link.from_text) == above * ATOM
            assert link.atoms <= above
            above = link.atoms
        assert above == ending.line_atoms == numbered.line.atoms


@pytest.mark.parametrize("ref", "ABC")
def test_the_lines_and_what_else_moved_the_account_add_up_to_coins_and_the_rest(people, ref):
    statement = statement_of(ref)
    lines = all_lines(statement)
    total = sum(each.line.atoms for each in lines)
    for numbered in lines:
        ending = ending_of(statement, numbered.line.atoms)
        assert ending.line_atoms + ending.other_lines_atoms == total
        balance = total + ending.opening_atoms + ending.adjustment_atoms + ending.settled_atoms
        assert balance == ending.balance_atoms == ending.payable_atoms + ending.carried_atoms
        assert ending.payable_atoms % CENT_ATOMS == 0
        assert 0 <= ending.carried_atoms < CENT_ATOMS


def test_a_balance_below_nothing_is_carried_whole(people):
    statement = statement_of("A")
    statement.adjustment_atoms = -statement.earned_atoms - 7 - statement.opening_atoms
    statement.closing_atoms = -7 + statement.settled_atoms
    ending = ending_of(statement, 0)
    assert (ending.payable_atoms, ending.carried_atoms) == (0, statement.closing_atoms)


def test_a_commission_that_was_rounded_says_so():
    contract = type("C", (), {"commission_ppm": 333_333})
    run = AllocationRun(gross_atoms=1_000_000, commission_atoms=0, pool_atoms=1_000_000)
    statement = type("S", (), {"run": run, "period": type("P", (), {"contract": contract})})
    assert origin_of(statement).is_rounded


def test_the_page_says_gross_commission_pool_and_the_way_to_coins(people):
    page = text(page_of(people, "C"))
    statement: Statement = statement_of("C")
    run = statement.run
    for sentence in (
        "The revenue that the platform reported for the service",
        f"EUR {run.gross_atoms * ATOM:.8f}",
        f"EUR {run.commission_atoms * ATOM:.8f}",
        f"EUR {run.pool_atoms * ATOM:.8f}",
        statement.period.contract.allocation_sentence,
        "the atoms left over, one each, to those with the largest remainders",
        f"EUR {statement.closing_atoms * ATOM:.8f}",
    ):
        assert sentence in page
    assert f'href="/statements/{statement.pk}/"' in page_of(people, "C").content.decode()


def test_the_steps_are_said_in_german_with_german_figures(people):
    with override("de"):
        statement = statement_of("C")
        numbered = next(n for n in all_lines(statement) if n.line.generation_id == "G3")
        links = chain_of(statement, explained_line(statement, numbered.row)).links
    assert links[0].title == "Der Teil des Stücks am Topf"
    assert links[0].from_text == "28,00000000"
    assert links[1].sentence == "Gemessen in Milliardsteln: 600.000.000 von 1.000.000.000."
    assert links[-1].sentence == "Sie halten 60\N{NO-BREAK SPACE}% der Komposition."
