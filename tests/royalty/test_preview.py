"""The check-list and the preview: what stands in the way of a close, and what changed since."""

import csv
import io
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Party, Share
from common.money import currency
from royalty.documents.preview import PPM, Change, Figures, Preview, preview_csv
from royalty.models import Period
from royalty.selectors.checklist import State, checklist
from royalty.selectors.outstanding import outstanding_of, standing_words
from royalty.selectors.preview import preview_of
from royalty.selectors.runs import NoRunError, current_run
from royalty.services import periods
from tests.royalty import payees
from tests.royalty.cast import (
    AFTER,
    ENDS,
    EURO,
    own,
    revenue_line,
    settle,
    show,
    usage_line,
)

pytestmark = pytest.mark.django_db
NOVEMBER_OVER = date(2026, 12, 1)


def states(period: Period, day: date = NOVEMBER_OVER) -> dict[str, State]:
    return {item.title: item.state for item in checklist(period, day)}


@pytest.fixture
def november(reported, take):
    """October is closed; in November U1 alone pays and uses, G1 twice as often as October."""
    settle(reported)
    use = usage_line(60, "U1", "G1", 4) | {"used_at": "2026-11-05T00:00:00Z"}
    take(reported, "usage", [use], "november-usage")
    fee = revenue_line("U1", "10.00") | {"event_id": "fee-2", "earned_on": "2026-11-02"}
    take(reported, "revenue", [fee], "november-revenue")
    reported.november = periods.open_period(
        contract=reported.contract, starts_on=ENDS, ends_on=NOVEMBER_OVER
    )
    return reported


def computed(world) -> Period:
    periods.compute_period(period=world.november, user=world.ann, as_of=AFTER)
    world.november.refresh_from_db()
    return world.november


def test_a_fresh_month_is_blocked_by_what_nobody_has_done(reported):
    found = states(reported.period, date(2026, 10, 20))
    blocked = {title for title, state in found.items() if state == State.BLOCKED}
    assert blocked == {"computed", "over", "reviewed", "reproducible", "closed"}
    assert found["events"] == State.DONE


def test_a_month_that_can_be_closed_has_nothing_blocked_before_the_close(reported):
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    period = periods.review_period(period=reported.period, user=reported.ben, as_of=AFTER)
    items = checklist(period, ENDS)
    assert {i.state for i in items if i.before in {"review", "close"}} == {State.DONE}
    periods.close_period(period=period, user=reported.ann, as_of=AFTER)


def test_what_the_services_refuse_is_blocked_on_the_list(november, take):
    period = computed(november)
    assert states(period)["earlier periods"] == State.DONE
    december = periods.open_period(
        contract=november.contract, starts_on=NOVEMBER_OVER, ends_on=date(2027, 1, 1)
    )
    assert states(december)["earlier periods"] == State.BLOCKED
    assert states(period, date(2026, 11, 30))["over"] == State.BLOCKED


def test_missing_attributions_owners_and_quarrels_are_named(reported):
    reported.run.attributions.filter(generation__external_id="G1").delete()
    work = {ref: track.work for ref, track in reported.tracks.items()}
    Share.objects.filter(work=work["T1"]).delete()
    own(reported, work["T2"], "A", 500_000)
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    reported.period.refresh_from_db()
    items = {item.title: item for item in checklist(reported.period, ENDS)}
    assert items["attribution"].state == State.OPEN
    assert "1 of 4 pieces have no attribution" in items["attribution"].sentence
    assert items["owners"].state == items["contested shares"].state == State.OPEN
    assert "EUR are held because owners of tracks are not known" in items["owners"].sentence


def test_altered_lines_are_not_reproducible(reported, monkeypatch):
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    reported.period.refresh_from_db()
    monkeypatch.setattr("royalty.selectors.runs.lines_sha256", lambda _: "0" * 64)
    assert states(reported.period)["reproducible"] == State.BLOCKED


def test_each_party_stands_beside_its_last_period(november):
    found = preview_of(computed(november))
    by_ref = {change.party_ref: change for change in found.changes}
    # October by the worked example; November: all of G1's 7.00, to T1 1/2, T2 1/3, T3 1/6.
    assert by_ref["B"].now.earned_atoms == pytest.approx(7 * EURO // 3, abs=10)
    assert by_ref["B"].now.uses == 4
    assert by_ref["B"].before.uses == 2 + 1 + 3 + 30
    assert by_ref["C"].difference_atoms < 0
    assert [abs(c.difference_atoms) for c in found.changes] == sorted(
        (abs(c.difference_atoms) for c in found.changes), reverse=True
    )


def test_the_totals_are_those_of_the_runs_to_the_atom(november):
    period = computed(november)
    found = preview_of(period)
    for run, atoms in (
        (current_run(period), found.now_atoms),
        (current_run(Period.objects.get(pk=november.period.pk)),
         found.before_atoms),
    ):  # fmt: skip
        totals = run.totals_atoms
        assert atoms == totals["attributed"] + totals["fallback_equal"] + totals["training_fee"]


def test_new_and_vanished_parties_say_so(november):
    Share.objects.filter(party=november.parties["C"]).delete()
    november.parties["D"] = Party.objects.create(ref="D", name="Party D")
    own(november, november.tracks["T3"].work, "D", 600_000)
    by_ref = {c.party_ref: c for c in preview_of(computed(november)).changes}
    assert by_ref["C"].has_vanished
    assert not by_ref["C"].is_new
    assert by_ref["D"].is_new
    assert not by_ref["D"].has_vanished
    money = november.contract.money
    assert "earned nothing now" in by_ref["C"].reasons(money)
    assert "earned nothing in the last period" in by_ref["D"].reasons(money)


def test_a_first_period_has_nobody_before_it(reported):
    with pytest.raises(NoRunError, match="compute it first"):
        preview_of(reported.period)
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    reported.period.refresh_from_db()
    found = preview_of(reported.period)
    assert found.previous_title == ""
    assert {found.why(change) for change in found.changes} == {""}
    assert found.before_atoms == 0
    assert found.now_atoms == 28 * EURO


amounts = st.integers(0, 10**15)
figures = st.builds(Figures, amounts, amounts, st.integers(0, 10**9), st.integers(1, 10**16))


@given(figures, figures)
def test_the_two_effects_are_the_difference(before, now):
    change = Change("A", "Party A", before, now, 0)
    assert change.pool_effect_atoms + change.part_effect_atoms == change.difference_atoms
    if before.pool_atoms == now.pool_atoms:
        assert change.pool_effect_atoms == 0
    assert now.part_ppm == now.earned_atoms * PPM // now.pool_atoms


def test_the_csv_adds_up_and_runs_no_formula():
    change = Change("=A", "-Party", Figures(5, 1, 2, 10), Figures(9, 0, 3, 12), 4)
    preview = Preview("now", "before", currency("EUR"), (change,))
    header, row, total = csv.reader(io.StringIO(preview_csv(preview).decode()))
    told = dict(zip(header, row, strict=True))
    assert told["party_ref"] == "'=A"
    assert told["party"] == "'-Party"
    assert told["difference_atoms"] == total[-2] == "3"
    assert told["adjustment_atoms"] == total[-1] == "4"


def test_the_commands_print_both(november, capsys, tmp_path):
    computed(november)
    step = (november.contract.code, "2026-11-01")
    call_command("period", "checklist", *step)
    told = capsys.readouterr().out
    assert "studio-2026 2026-11: computed" in told
    assert "close    blocked  reviewed" in told
    assert "(period review)" in told
    call_command("period", "preview", *step, csv=tmp_path / "all.csv", limit=1)
    told = capsys.readouterr().out
    assert "and 2 more" in told
    assert "all parties, in EUR" in told
    assert (tmp_path / "all.csv").read_text().count("\n") == 5


def test_a_period_is_paid_when_nothing_of_it_is_owed(ready):
    period = Period.objects.select_related("contract").get(pk=ready.period.pk)
    assert outstanding_of(period).parties == 3
    assert standing_words(period).startswith("closed, statements not published, 27.99 EUR owed")
    show(period, ready.ann)
    payees.approved(ready)
    assert outstanding_of(period).atoms == 0
    assert standing_words(period) == "paid"


def test_a_snapshot_that_was_written_over_since_the_last_look_is_noticed(reported):
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    reported.period.refresh_from_db()
    assert states(reported.period)["reproducible"] == State.DONE
    name = current_run(reported.period).snapshot_name
    default_storage.delete(name)
    assert states(reported.period)["reproducible"] == State.BLOCKED
    default_storage.save(name, ContentFile(b"something else"))
    found = states(reported.period)
    assert found["reproducible"] == found["attribution"] == State.BLOCKED
