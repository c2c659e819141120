"""The quality of a run, and two runs side by side."""

import re

import numpy as np
import pytest

from attribution.models import Attribution, AttributionRun, FeatureStore
from attribution.services.measured import FORMAT, record_quality
from attribution.services.run_reports import report_of
from common.money import PPB
from portal.engineer.agreement import compare_shares, differences
from portal.engineer.drawing import bars_of, histogram, pairs_of
from tests.attribution.test_run_reports import ROLES, scores
from tests.portal.people import text
from tests.portal.test_effort import reads
from tests.royalty.cast import AFTER, attribution_run

pytestmark = pytest.mark.django_db
QUALITY = {
    "attributed": 0.5,
    "false_payment": 0.0125,
    "gate_z": 11.7,
    "singular_energies": [0.4, 0.2, 0.1],
    "effective_rank": 7.5,
    "member_agreement": None,
}


@pytest.fixture
def run(month):
    ids = np.arange(1000, 1000 + len(ROLES))
    ids[7] = month.tracks["T2"].pk
    store = FeatureStore.objects.get()
    made = attribution_run(store, report=report_of(scores(), ROLES, ids))
    made.quality = QUALITY
    made.save()
    return made


def test_what_was_measured_is_drawn_and_stands_in_a_table(people, run):
    page = people.pia.get(f"/engineer/runs/{run.pk}/")
    said = text(page)
    assert "Paid by chance 1.25" in said
    assert "Agreement of members not measured" in said
    assert "Song T2 20" in said, "the hub"
    assert "1 40.0 % 2 20.0 % 3 10.0 %" in said.replace("\N{NO-BREAK SPACE}", " ")
    drawn = page.content.decode()
    assert drawn.count("<figure") == drawn.count('<details class="more"') == 3
    assert not re.search(r"\sstyle=", drawn)


def test_what_was_not_measured_says_so_and_by_what_it_is(people, month):
    bare = attribution_run(FeatureStore.objects.get())
    said = text(people.pia.get(f"/engineer/runs/{bare.pk}/"))
    assert said.count("not measured") >= 10
    assert "manage.py report_runs" in said
    assert "python -m benchmarks.fidelity" in said


def test_what_retraining_found_stands_beside_its_ceiling(people, month, run):
    store = run.feature_store
    FeatureStore.objects.filter(pk=store.pk).update(digest="d" * 64, sealed_at=AFTER)
    report = {
        "format": FORMAT,
        "method": "<b>whitened</b>",
        "subsets": 64,
        "seeds": 2,
        "queries": 40,
        "lds": {"value": 0.412, "low": 0.371, "high": 0.452},
        "ceiling": 0.633,
        "calibration": [{"promised": 0.9, "held": 0.84, "shares": 1200}],
    }
    record_quality(store, report, by=month.ann, as_of=AFTER)
    page = people.pia.get(f"/engineer/runs/{run.pk}/")
    said = text(page).replace("\N{NO-BREAK SPACE}", " ")
    assert "Fidelity (LDS) 0.412" in said
    assert "95 % within 0.371 – 0.452" in said
    assert "A perfect method would reach 0.633" in said
    assert "64 parts of the set × 2 seeds, 40 pieces" in said
    assert "90.0 % 84.0 % 1200" in said.replace(",", "")
    assert "<b>whitened" not in page.content.decode()
    assert "benchmarks.fidelity" not in said


def test_a_platform_sees_what_its_run_and_features_took_of_the_operators_workers(people, run):
    AttributionRun.objects.filter(pk=run.pk).update(worker_seconds=7200.0)
    FeatureStore.objects.update(worker_seconds=3600.0, covered_ppm=987_000)
    assert "Worker time 2.0 hours" in text(people.pia.get(f"/engineer/runs/{run.pk}/"))
    version = run.feature_store.model_version_id
    said = text(people.pia.get(f"/engineer/models/{version}/"))
    assert "98.7" in said


def test_a_run_by_which_nobody_is_paid_says_why(people, month):
    vetoed = attribution_run(FeatureStore.objects.get(), objections=["The scores are noise."])
    said = text(people.pia.get(f"/engineer/runs/{vetoed.pk}/"))
    assert "nobody is paid by it" in said
    assert "The scores are noise." in said


def test_runs_are_compared_over_the_pieces_of_both(people, month, run):
    for row in Attribution.objects.filter(run=month.run, generation__external_id__in=["G1", "G2"]):
        row.pk, row.run = None, run
        if row.generation.external_id == "G2":  # all of it to the first alone
            row.track_ids = row.track_ids[:1]
            row.share_ppb = row.low_ppb = row.high_ppb = [PPB - row.unattributed_ppb]
        row.save()
    page = people.pia.get("/engineer/compare/", {"first": month.run.pk, "second": run.pk})
    agreement = page.context["agreement"]
    assert agreement.common == 2
    by_piece = {piece.generation: piece.overlap for piece in agreement.compared}
    assert by_piece["G1"] == 1.0
    assert by_piece["G2"] == pytest.approx(0.75)
    assert agreement.furthest[0].generation == "G2"
    assert "Given to the same" in text(page)


def test_an_address_that_names_no_run_is_not_found(people, month):
    for second in ("nonsense", "00000000-0000-0000-0000-000000000009"):
        asked = {"first": month.run.pk, "second": second}
        assert people.pia.get("/engineer/compare/", asked).status_code == 404


@pytest.mark.parametrize(
    ("first", "second", "overlap", "correlation"),
    [
        ({1: PPB}, {1: PPB}, 1.0, None),
        ({1: PPB}, {2: PPB}, 0.0, -1.0),
        ({}, {}, 1.0, None),
        ({1: PPB // 2}, {}, 0.5, None),
        ({1: 5, 2: 3, 3: 1}, {1: 500, 2: 30, 3: 1}, (PPB - 531 + 9) / PPB, 1.0),
        ({1: 1, 2: 1}, {1: 7, 2: 9}, (PPB - 14) / PPB, None),
    ],
)
def test_shares_are_compared(first, second, overlap, correlation):
    found = compare_shares(first, second)
    assert found[0] == pytest.approx(overlap)
    assert found[1] is correlation or found[1] == pytest.approx(correlation)


def test_settings_that_differ_come_first():
    rows = differences({"a": "1", "b": "2"}, {"b": "3", "c": "4", "a": "1"})
    assert [(name, differs) for name, *_, differs in rows] == [
        ("b", True),
        ("c", True),
        ("a", False),
    ]


def test_bars_lie_within_the_drawing():
    chart = histogram([("trained", [1, 900, 0, 3]), ("controls", [0, 5, 5, 0])], -1, 0.5, 0.2)
    assert len(chart.bars) == 5
    pairs = pairs_of([("90 %", [("controls", 0.9), ("trained", 1.2)]), ("5 %", [("trained", 0.1)])])
    for bar in [*chart.bars, *bars_of([("a", 0.1, "x"), ("b", 0.4, "y")]).bars, *pairs.bars]:
        x, width = float(bar.x.rstrip("%")), float(bar.width.rstrip("%"))
        assert 0 <= x <= x + width <= 100.02
        assert 0 <= float(bar.y) <= 160
        assert 0 < float(bar.height) <= 160
    assert chart.line is not None
    assert histogram([("trained", []), ("controls", [])], 0, 1, None).bars == ()


def test_pages_take_few_reads(people, month, run):
    assert reads(people.pia, f"/engineer/runs/{run.pk}/") <= 9
    compare = f"/engineer/compare/?first={month.run.pk}&second={run.pk}"
    assert reads(people.pia, compare) <= 10
