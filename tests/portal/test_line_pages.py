"""A line's page: with a calculator, anybody gets from the pool to the amount, to the atom."""

import re
from decimal import Decimal, localcontext
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings

from attribution.models import Attribution
from portal.rights_holder.chain import Chain, chain_of
from royalty.apportionment import Rules, Snapshot, allocate, explain_line
from royalty.documents import LineSource
from royalty.models import Contract
from royalty.selectors.explanations import ExplainedLine
from royalty.selectors.statement_lines import lines_of
from tests.apportionment.worlds import cases, guaranteeing, pools
from tests.portal.people import all_lines, statement_of, text

ATOM = Decimal("0.00000001")  # of a euro


def number(said: str) -> Decimal:
    """The figure in a text such as "EUR 1,234.50"."""
    return Decimal(re.sub(r"[^\d.-]", "", said.replace("−", "-").replace("…", "")))


def calculate(chain: Chain) -> None:
    """Do every step as it is printed; complain if a printed result is not what comes out."""
    for link in (*chain.before, *chain.links):
        result = link.atoms * ATOM
        if link.from_text:
            exact = number(link.from_text) * number(link.weight) / number(link.weight_total)
            assert abs(exact - number(link.exact_text)) < ATOM
            assert abs(exact - result) < ATOM
            assert bool(link.rounding) == (exact != result)
            if link.rounding:
                assert ("up" in link.rounding) == (result > exact)
    for part in chain.subscribers:
        exact = part.pool_atoms * Decimal(part.weight) / part.weight_total
        assert abs(exact - part.atoms) < 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), pools, guaranteeing)
def test_every_printed_step_of_every_line_can_be_checked_with_a_calculator(
    case: tuple[Snapshot, str], pool: int, rules: Rules
) -> None:
    snapshot, model = case
    contract = Contract(allocation_model=model, currency="EUR")
    statement = SimpleNamespace(
        period=SimpleNamespace(contract=contract), run=SimpleNamespace(pool_atoms=pool)
    )
    allocation = allocate(snapshot, model, pool, rules)
    for row in range(len(allocation.atoms)):
        place = allocation.place(row)
        if place.party < 0:
            continue  # nobody's line, so on nobody's statement
        name = snapshot.generation_ids[place.generation] if place.generation >= 0 else None
        line = SimpleNamespace(generation_id=name, right_type="composition")
        explanation = explain_line(snapshot, model, pool, rules, place)
        chain = chain_of(statement, ExplainedLine(line, explanation))
        with localcontext(prec=60):
            calculate(chain)
        assert chain.links[-1].atoms == allocation.atoms[row]
        if chain.piece_atoms is not None:
            shown = sum(part.atoms for part in chain.subscribers)
            assert shown + chain.other_atoms == chain.piece_atoms
            together = chain.piece_atoms + sum(
                link.atoms for link in chain.before if link.title == "The piece's part of the pool"
            )
            first = chain.links[0]
            assert (number(first.from_text) if first.from_text else first.atoms * ATOM) == (
                together * ATOM
            )


@pytest.mark.django_db
@pytest.mark.parametrize("ref", "ABC")
def test_each_line_has_a_page_that_ends_at_its_amount(people, ref):
    statement = statement_of(ref)
    client = people.bea if ref == "B" else people.cleo
    for numbered in all_lines(statement):
        response = client.get(f"/statements/{statement.pk}/lines/{numbered.row}/")
        amount = f"{numbered.line.atoms * ATOM:.8f}"
        assert response.status_code == 200
        assert f"EUR {amount}" in text(response)
        assert response.context["chain"].links[-1].atoms == numbered.line.atoms


@pytest.mark.django_db
def test_an_attributed_line_reads_from_the_pool_to_the_holder(people):
    statement = statement_of("C")
    numbered = next(n for n in all_lines(statement) if n.line.generation_id == "G3")
    page = text(people.cleo.get(f"/statements/{statement.pk}/lines/{numbered.row}/"))
    for sentence in (
        "EUR 28.00000000",
        "The piece was used 30 times, of 40 uses of all pieces in the period.",
        "28.00000000 × 30 ÷ 40 = 21.00000000 EUR 21.00000000",
        "Measured in parts per billion: 600,000,000 of 1,000,000,000.",
        "You hold 60 % of the composition.",
        "12.60000000 × 600,000 ÷ 1,000,000 = 7.56000000 EUR 7.56000000",
        "Estimated share 60.0 % no model interval",
        "not a claim that the piece copies the work",
    ):
        assert sentence in page


@pytest.mark.django_db
def test_an_attributed_line_leads_to_its_evidence_and_a_fallback_line_says_why_it_has_none(people):
    statement = statement_of("A")
    for source, leads in ((LineSource.ATTRIBUTED, True), (LineSource.FALLBACK, False)):
        row = lines_of(statement, source=source)[0].row
        page = people.ada.get(f"/statements/{statement.pk}/lines/{row}/").content.decode()
        assert (f"/statements/{statement.pk}/lines/{row}/evidence/" in page) == leads
        assert ("there is no piece to listen to" in page) == (not leads)


@pytest.mark.django_db
def test_the_fallback_reads_from_what_nothing_accounts_for(people):
    statement = statement_of("A")
    row = next(
        n.row for n in lines_of(statement, source=LineSource.FALLBACK) if n.line.track_id == "T3"
    )
    page = text(people.ada.get(f"/statements/{statement.pk}/lines/{row}/"))
    assert "no track's influence accounts for: 3.8 % of the pool. EUR 1.05000000" in page
    assert "1.05000000 × 1 ÷ 3 = 0.35000000" in page
    assert "0.35000000 × 400,000 ÷ 1,000,000 = 0.14000000" in page


@pytest.mark.django_db
def test_the_interval_is_shown_where_one_was_measured(people, month):
    attribution = Attribution.objects.get(generation=month.generations["G3"])
    attribution.has_model_interval = True
    attribution.low_ppb, attribution.high_ppb = [100_000_000] * 3, [700_000_000] * 3
    attribution.save()
    statement = statement_of("C")
    row = next(n.row for n in all_lines(statement) if n.line.generation_id == "G3")
    page = text(people.cleo.get(f"/statements/{statement.pk}/lines/{row}/"))
    assert "Estimated share 60.0 % between 10.0 % and 70.0 % over the checkpoints" in page


@pytest.mark.django_db
@pytest.mark.parametrize("row", [10**6, 2**63, 10**30])
def test_a_row_that_is_none_of_the_statements_is_not_found(people, row):
    statement = statement_of("A")
    assert people.ada.get(f"/statements/{statement.pk}/lines/{row}/").status_code == 404


@pytest.mark.django_db
def test_a_row_of_another_party_is_not_found_under_ones_own_statement(people):
    statement = statement_of("A")
    own = {numbered.row for numbered in all_lines(statement)}
    others = {n.row for ref in "BC" for n in all_lines(statement_of(ref))}
    assert others
    assert not own & others
    for row in others:
        assert people.ada.get(f"/statements/{statement.pk}/lines/{row}/").status_code == 404
