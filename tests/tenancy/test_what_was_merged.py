"""Whoever owns what a track was found to be sees the evidence for that track, and no more of it."""

import pytest

from attribution.models import Attribution
from catalog.models import Work
from common.database import tenancy
from royalty.selectors.lines import share_intervals
from royalty.selectors.runs import current_run
from tests.tenancy.cast import TENANTS, Town
from tests.tenancy.test_who_sees_what import MATRIX, MODELS, labels

MODELS_AND_RUNS = [
    *("catalog_platform", "catalog_modelversion", "catalog_checkpoint", "catalog_trainingset"),
    *("attribution_featurestore", "attribution_attributionrun"),
]
PIECES = ["attribution_generation", "attribution_attribution"]
ABOUT_PIECES = ["attribution_generationfeatures", "attribution_featurefinding"]
# Bea's T2, which both platforms trained on and Bolt's H1 is made of, is found to be Ada's T1.
EVIDENCE = {
    "catalog_track": {"T2"},
    "catalog_work": {"T2"},
    **{table: {"bolt"} for table in MODELS_AND_RUNS},
    **{table: {"H1"} for table in (*PIECES, *ABOUT_PIECES)},
}
GAINED = {
    "ada": EVIDENCE,
    # The label of T1's recording did not know of G2 before: it is made of T2 alone.
    "dora": EVIDENCE | {table: {"G2", "H1"} for table in PIECES},
    "bea": {"catalog_change": {"track:T2"}},
}


def seen(town: Town, name: str) -> dict[str, list[str]]:
    return {
        table: labels(MODELS[table], town.tenant(name), label)
        for table, (label, _) in MATRIX.items()
    }


def gained(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, set[str]]:
    more = {}
    for table, was in before.items():
        now = list(after[table])
        for row in was:
            now.remove(row)
        more |= {table: set(now)} if now else {}
    return more


def merge_tracks(town: Town) -> None:
    t2 = town.acme.tracks["T2"]
    type(t2).objects.filter(pk=t2.pk).update(merged_into=town.acme.tracks["T1"])


@pytest.mark.parametrize("name", TENANTS)
def test_the_survivors_holders_see_the_evidence_and_nobody_sees_anything_else(town, undone, name):
    before = seen(town, name)
    merge_tracks(town)
    assert gained(before, seen(town, name)) == GAINED.get(name, {})


def test_a_track_of_a_merged_work_is_the_holders_of_the_work_that_it_is(town, undone):
    works = {name: town.acme.tracks[name].work_id for name in ("T1", "T2")}
    Work.objects.filter(pk=works["T2"]).update(merged_into=works["T1"])
    label, expected = MATRIX["catalog_track"]
    ada, dora = (labels(MODELS["catalog_track"], town.tenant(n), label) for n in ("ada", "dora"))
    assert ada == sorted([*expected["ada"], "T2"])
    assert dora == expected["dora"]  # who has a recording of T1 has nothing of T2's


def test_the_interval_of_what_was_merged_is_found_by_the_survivors_name(town, undone):
    merge_tracks(town)
    Attribution.objects.filter(generation__external_id="H1").update(has_model_interval=True)
    town.bolt.period.refresh_from_db()
    run = current_run(town.bolt.period)
    assert run.period.contract  # Ada was not paid under it yet
    with tenancy.acting_as(town.tenant("ada")):
        found = share_intervals(run, ["H1"], {"T1"})
    assert set(found) == {("H1", "T1")}
