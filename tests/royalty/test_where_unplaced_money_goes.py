"""Money that no attribution, owner or use places: it stays visible and follows the contract."""

from datetime import timedelta

import pytest

from attribution.models import Attribution, FeatureStore
from catalog.models import Share
from royalty.models import AllocationRun, Statement
from tests.royalty.cast import (
    AFTER,
    EURO,
    attribute,
    attribution_run,
    balances,
    date,
    own,
    payables,
    revenue_line,
    settle,
    sign,
    usage_line,
    worked_example,
)

pytestmark = pytest.mark.django_db
# G3 has 30 of the 40 uses, so under pro-rata 21 of the 28 euros.
G3 = 21 * EURO


def last_run() -> AllocationRun:
    return AllocationRun.objects.latest("pk")


def without_attribution_of_g3(report, **terms):
    world = worked_example(**terms)
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    settle(report(world))
    return world


def test_a_piece_without_attribution_is_held_and_named(report):
    world = without_attribution_of_g3(report, fallback="held")
    assert balances(world)["held_unattributed"] == G3
    assert sum(payables(world).values()) == 7 * EURO
    assert last_run().exceptions == [
        "Generation G3 has no finished attribution; all it earned is held."
    ]


def test_a_piece_without_attribution_goes_to_the_platform_where_agreed(report):
    world = without_attribution_of_g3(report, fallback="platform")
    assert balances(world)["platform_share"] == G3
    assert "returned to the platform" in last_run().exceptions[0]


def test_a_piece_without_attribution_is_shared_among_the_training_set_where_agreed(report):
    world = without_attribution_of_g3(report, fallback="equal_training_set")
    assert sum(payables(world).values()) == 28 * EURO
    fallback = {s.party.ref: s.fallback_atoms for s in Statement.objects.all()}
    assert fallback == {"A": G3 // 15 * 7, "B": G3 // 3, "C": G3 // 5}


def test_the_unattributed_part_of_a_piece_is_held(report):
    world = worked_example(fallback="held")
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    attribute(world, "G3", {"T1": 250_000_000})
    settle(report(world))
    assert balances(world)["held_unattributed"] == G3 * 3 // 4
    assert last_run().exceptions == []


def test_an_unfinished_attribution_does_not_count(report):
    world = worked_example()
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    running = attribution_run(FeatureStore.objects.get(), finished_at=None)
    attribute(world, "G3", {"T1": 1_000_000_000}, running)
    settle(report(world))
    assert balances(world)["held_unattributed"] == G3


def test_of_two_finished_attributions_the_last_one_counts(report):
    world = worked_example()
    later = attribution_run(FeatureStore.objects.get(), finished_at=AFTER + timedelta(hours=1))
    earlier = attribution_run(FeatureStore.objects.get(), finished_at=AFTER - timedelta(hours=1))
    attribute(world, "G3", {"T2": 1_000_000_000}, later)
    attribute(world, "G3", {"T1": 1_000_000_000}, earlier)
    settle(report(world))
    assert payables(world)["B"] > G3
    assert last_run().attribution_runs == sorted([str(world.run.pk), str(later.pk)])


def test_the_part_of_a_track_that_nobody_claims_is_held_and_named(report):
    world = worked_example()
    Share.objects.filter(work=world.tracks["T3"].work, party__ref="C").delete()
    settle(report(world))
    assert balances(world)["held_unclaimed"] == 868_000_000
    assert last_run().exceptions == ["Track T3 earned for owners who are not known; held."]


def test_ownership_is_that_of_the_last_day(report):
    world = worked_example()
    work = world.tracks["T2"].work
    Share.objects.filter(work=work).update(valid_until=date(2026, 10, 31))
    own(world, work, "C", 1_000_000, since=date(2026, 10, 31))
    settle(report(world))
    assert "B" not in payables(world)


def test_a_buyer_of_the_first_day_after_the_period_gets_nothing_of_it(report):
    world = worked_example()
    work = world.tracks["T2"].work
    Share.objects.filter(work=work).update(valid_until=date(2026, 11, 1))
    own(world, work, "C", 1_000_000, since=date(2026, 11, 1))
    settle(report(world))
    assert payables(world)["B"] == 676_666_667


def test_several_roles_of_one_party_count_together(report):
    world = worked_example()
    work = world.tracks["T2"].work
    Share.objects.filter(work=work).update(share_ppm=600_000)
    own(world, work, "B", 400_000, role="lyricist")
    settle(report(world))
    assert payables(world)["B"] == 676_666_667


def test_revenue_without_any_use_is_held(world, take):
    take(world, "revenue", [revenue_line("U1", "10.00")])
    settle(world)
    assert balances(world)["held_no_use"] == 7 * EURO
    assert last_run().exceptions == ["7.00 EUR had no use to follow."]


@pytest.mark.parametrize(("rule", "to_platform"), [("pool", 0), ("platform", 7 * EURO)])
def test_the_fee_of_an_idle_subscriber_follows_the_contract(report, take, rule, to_platform):
    world = worked_example(allocation_model="user_centric", idle_subscribers=rule)
    take(world, "revenue", [revenue_line("IDLE", "10.00")], "idle.ndjson")
    settle(report(world))
    assert balances(world).get("platform_share", 0) == to_platform
    assert sum(payables(world).values()) == 35 * EURO - to_platform


def test_uses_without_revenue_owe_nothing(world, take):
    take(world, "usage", [usage_line(1, "U1", "G1", 3)])
    settle(world)
    assert not Statement.objects.exists()
    assert last_run().use_count == 3


def test_a_contract_per_output_shares_what_was_paid_for_each_piece(take):
    world = worked_example(allocation_model="per_output")
    fee = {
        "event_id": "o1",
        "service": "studio",
        "kind": "output",
        "generation": "G2",
        "amount": "10.00",
        "currency": "EUR",
        "earned_on": "2026-10-05",
    }
    take(world, "revenue", [fee], "outputs.ndjson")
    take(world, "usage", [usage_line(1, "U1", "G3", 1000)], "uses.ndjson")
    settle(world)
    # 7 euros for G2: T2 (B) 3/4; T3 1/4, of which C 3/5 and A 2/5.
    assert payables(world) == {
        "A": 70 * EURO // 100,
        "B": 525 * EURO // 100,
        "C": 105 * EURO // 100,
    }


def test_the_whole_gross_can_be_commission(report):
    world = worked_example(commission_ppm=1_000_000)
    settle(report(world))
    assert balances(world)["commission"] == 40 * EURO
    assert payables(world) == {}


def test_a_contract_without_commission_shares_everything(report):
    world = worked_example(commission_ppm=0)
    settle(report(world))
    assert "commission" not in balances(world)
    assert sum(payables(world).values()) == 40 * EURO


def test_events_of_other_services_and_days_are_another_periods(report, take):
    world = worked_example()
    sign(world.platform, code="radio", service="radio")
    take(
        world,
        "usage",
        [
            usage_line(50, "U1", "G1", 999) | {"service": "radio"},
            usage_line(51, "U1", "G1", 999) | {"used_at": "2026-09-30T23:59:59.999999Z"},
            usage_line(52, "U1", "G1", 999) | {"used_at": "2026-11-01T00:00:00Z"},
        ],
        "others.ndjson",
    )
    settle(report(world))
    assert last_run().use_count == 40
