"""What changed since the statement before: every difference counted, and none twice."""

import pytest

from catalog.models import Share
from royalty.models import Statement
from royalty.selectors.statement_change import Moved, change_of
from royalty.services.restatements import restate_period
from tests.portal.people import statement_of, text
from tests.portal.test_effort import reads
from tests.portal.test_statement_pages import settle_november
from tests.royalty.cast import AFTER, SOLD, own

pytestmark = pytest.mark.django_db


def november_of(ref):
    return Statement.objects.get(party__ref=ref, period__starts_on="2026-11-01")


def sell_everything(month):
    def sell(november):
        work = month.tracks["T3"].work
        Share.objects.filter(work=work).delete()
        own(month, work, "C", 1_000_000)
        restate_period(period=month.period, into=november, user=month.ann, as_of=AFTER, **SOLD)

    return sell


def test_a_first_statement_is_compared_with_nothing(people):
    assert change_of(statement_of("A")) is None
    page = text(people.ada.get(f"/statements/{statement_of('A').pk}/"))
    assert "since the statement before" not in page


@pytest.mark.parametrize("ref", "ABC")
@pytest.mark.parametrize("is_restated", [False, True])
def test_differences_add_up_to_the_difference_of_totals(people, month, take, ref, is_restated):
    october = statement_of(ref)
    settle_november(month, take, *([sell_everything(month)] if is_restated else []))
    change = change_of(november_of(ref))
    assert change.before == october
    totals = [each.earned_atoms + each.adjustment_atoms for each in (october, november_of(ref))]
    assert change.atoms == totals[1] - totals[0]
    assert sum(each.atoms for each in change.tracks) + change.adjustment_atoms == change.atoms
    assert all(each.atoms for each in change.tracks)


def test_a_track_that_was_sold_is_gone_and_a_track_used_more_says_so(people, month, take):
    settle_november(month, take, before_closing=sell_everything(month))
    of_a = {each.ref: each for each in change_of(november_of("A")).tracks}
    of_c = {each.ref: each for each in change_of(november_of("C")).tracks}
    assert of_a["T3"].moved == Moved.GONE
    assert of_c["T3"].is_part_changed
    assert of_c["T3"].after.owned_ppm == (1_000_000,)
    assert any(each.are_uses_changed for each in of_a.values())


def test_the_page_names_both_statements_and_their_works(people, month, take):
    october = statement_of("A")
    settle_november(month, take)
    response = people.ada.get(f"/statements/{november_of('A').pk}/")
    page = text(response)
    assert "What changed since the statement before" in page
    assert (
        f'href="/statements/{october.pk}/">statement of October 2026' in response.content.decode()
    )
    assert "uses of its pieces:" in page


def test_another_payees_statement_is_never_the_one_before(people, month, take):
    settle_november(month, take)
    change = change_of(november_of("C"))
    assert change.before.party == change.after.party


def test_comparing_takes_a_fixed_number_of_reads(people, month, take):
    settle_november(month, take)
    assert reads(people.ada, f"/statements/{november_of('A').pk}/") <= 20
