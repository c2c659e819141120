"""A run with objections pays nobody: its pieces follow the fallback, or an earlier sound run."""

from datetime import timedelta

import pytest

from attribution.models import Attribution, FeatureStore
from royalty.models import AllocationRun
from tests.royalty.cast import (
    AFTER,
    EURO,
    attribute,
    attribution_run,
    balances,
    payables,
    settle,
    worked_example,
)

pytestmark = pytest.mark.django_db
OBJECTION = "One pattern explains 97% of the scores."
G3 = 21 * EURO  # 30 of the 40 uses


def vetoed(world, name, shares, *, hours=1):
    run = attribution_run(
        FeatureStore.objects.get(), AFTER + timedelta(hours=hours), objections=[OBJECTION]
    )
    attribute(world, name, shares, run)
    return run


def test_a_vetoed_attribution_pays_nobody_and_says_why(report):
    world = worked_example(fallback="held")
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    run = vetoed(world, "G3", {"T1": 1_000_000_000})
    settle(report(world))
    allocation = AllocationRun.objects.latest("pk")
    assert balances(world)["held_unattributed"] == G3
    assert str(run.pk) not in allocation.attribution_runs
    assert allocation.exceptions == [
        "Generation G3 was attributed by a run that must not be paid by "
        f"({OBJECTION}); all it earned is held."
    ]


def test_a_sound_attribution_counts_though_a_later_one_was_vetoed(report):
    sound = worked_example(fallback="held")
    vetoed(sound, "G3", {"T1": 1_000_000_000})
    settle(report(sound))
    assert balances(sound).get("held_unattributed", 0) == 0
    assert sum(payables(sound).values()) == 28 * EURO
    assert AllocationRun.objects.latest("pk").exceptions == []


def test_a_sound_attribution_counts_as_soon_as_it_follows_a_vetoed_one(report):
    world = worked_example(fallback="held")
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    vetoed(world, "G3", {"T1": 1_000_000_000})
    later = attribution_run(FeatureStore.objects.get(), AFTER + timedelta(hours=2))
    attribute(world, "G3", {"T2": 1_000_000_000}, later)
    settle(report(world))
    assert str(later.pk) in AllocationRun.objects.latest("pk").attribution_runs
    assert AllocationRun.objects.latest("pk").exceptions == []
