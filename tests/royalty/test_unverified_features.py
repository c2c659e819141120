"""Money of pieces whose features only their platform vouches for: held, verified, restated."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from attribution.models import FeatureStore, GenerationFeatures
from royalty.models import (
    AccountKind,
    AllocationRun,
    HeldRelease,
    ReleaseTo,
    RestatementKind,
    UnverifiedFeatures,
)
from royalty.selectors.held import held_money
from royalty.selectors.verification import verify_ledger
from royalty.services.by_hand import ByHandError
from royalty.services.releases import approve_release, request_release
from royalty.services.restatements import restate_period
from tests.royalty.attacker import execute
from tests.royalty.cast import AFTER, EURO, World, balances, payables, settle, worked_example
from tests.royalty.payees import open_month

pytestmark = pytest.mark.django_db
Standing = GenerationFeatures.Standing
G3 = 21 * EURO  # of the pool of 28
LONG_AFTER = AFTER.replace(year=2040)
VERIFIED = {"kind": RestatementKind.ATTRIBUTION, "reason": "the features of G3 were verified"}


def computed_by_platform(
    world: World, name: str, standing: str, store: FeatureStore | None = None
) -> GenerationFeatures:
    """The platform sent this piece's features itself."""
    return GenerationFeatures.objects.create(
        generation=world.generations[name],
        feature_store=store or FeatureStore.objects.get(),
        storage_name="features/one",
        sha256="a" * 64,
        size_bytes=1,
        root="b" * 64,
        segment_count=1,
        identity={},
        standing=standing,
    )


def become(features: GenerationFeatures, standing: str) -> None:
    features.standing = standing
    features.save(update_fields=["standing"])


@pytest.fixture
def world() -> World:
    return worked_example(fallback="held")


@pytest.fixture
def held(world, report) -> World:
    """October closed while the features of G3 were not verified; November is open."""
    world.features = computed_by_platform(world, "G3", Standing.UNVERIFIED)
    settle(report(world))
    world.november = open_month(world)
    return world


def restate(world: World) -> None:
    restate_period(
        period=world.period, into=world.november, user=world.ann, as_of=AFTER, **VERIFIED
    )


def request(world: World, to: ReleaseTo, **told: object) -> HeldRelease:
    return request_release(
        period=world.period,
        kind=AccountKind.HELD_UNVERIFIED,
        to=to,
        reason="nobody could verify them",
        user=world.ann,
        **({"as_of": LONG_AFTER} | told),
    )


@pytest.mark.parametrize(
    ("term", "paid"),
    [
        (UnverifiedFeatures.HOLD, {"recomputed", "sampled"}),
        (UnverifiedFeatures.HOLD_UNOPENED, {"recomputed", "sampled", "opened"}),
        (
            UnverifiedFeatures.PAY,
            {"unverified", "recomputed", "sampled", "opened", "overdue"},
        ),
    ],
)
def test_the_contract_says_by_which_features_it_pays(term, paid):
    assert {standing for standing in Standing.values if term.accepts(standing)} == paid


def test_a_contract_holds_unless_it_says_otherwise(world):
    assert world.contract.unverified_features == UnverifiedFeatures.HOLD


def test_all_that_the_piece_earns_is_held_and_the_reviewer_told(held):
    assert balances(held)["held_unverified"] == G3
    assert balances(held).get("held_unattributed", 0) == 0
    assert sum(payables(held).values()) == 28 * EURO - G3
    assert AllocationRun.objects.get().exceptions == [
        "Generation G3: the features that its platform computed are unverified; all it earned is "
        "held until they are verified."
    ]
    assert verify_ledger() == []


@pytest.mark.parametrize("standing", ["recomputed", "sampled"])
def test_verified_features_pay_like_any_others(world, report, standing):
    computed_by_platform(world, "G3", standing)
    settle(report(world))
    assert held_money() == []
    assert sum(payables(world).values()) == 28 * EURO


def test_a_contract_may_pay_by_what_nobody_verified(report):
    world = worked_example(fallback="held", unverified_features="pay")
    computed_by_platform(world, "G3", Standing.OVERDUE)
    settle(report(world))
    assert held_money() == []


def test_features_for_another_store_say_nothing_of_our_own_attribution(world, report):
    store = FeatureStore.objects.get()
    other = FeatureStore.objects.create(
        model_version=store.model_version,
        training_set=store.training_set,
        folder="other",
        config={},
        origin=FeatureStore.Origin.PLATFORM,
    )
    computed_by_platform(world, "G3", Standing.UNVERIFIED, other)
    settle(report(world))
    assert held_money() == []


def test_once_verified_the_period_is_restated_and_pays(held):
    become(held.features, Standing.SAMPLED)
    restate(held)
    assert held_money() == []
    assert sum(payables(held, date(2026, 11, 30)).values()) == 28 * EURO
    assert verify_ledger() == []


@pytest.mark.parametrize(
    ("fallback", "account"),
    [
        ("held", "held_unattributed"),
        ("platform", "held_unverified"),  # nobody has its money back for false features
    ],
)
def test_refuted_features_count_for_nobody(report, fallback, account):
    world = worked_example(fallback=fallback)
    computed_by_platform(world, "G3", Standing.REFUTED)
    settle(report(world))
    assert balances(world)[account] == G3
    assert balances(world).get("platform_share", 0) == 0
    assert verify_ledger() == []


def test_what_was_held_follows_the_fallback_once_refuted(held):
    become(held.features, Standing.REFUTED)
    restate(held)
    assert balances(held).get("held_unverified", 0) == 0
    assert balances(held)["held_unattributed"] == G3


def test_the_list_says_when_and_how_it_goes(held, capsys):
    call_command("held", "list")
    told = capsys.readouterr().out
    assert "its features are not verified; for" in told
    assert "goes by restating the period once they are verified, and from 2029-11-01" in told


def test_it_is_never_returned_to_the_platform_that_computed_them(held):
    with pytest.raises(ByHandError, match="not returned to the platform"):
        request(held, ReleaseTo.PLATFORM)
    asked = ("request", "studio-2026", "2026-10-01", "held_unverified", "--to", "platform")
    with pytest.raises(CommandError, match="not returned to the platform"):
        call_command("held", *asked, "--reason", "x", "--by", "ann@example.org")
    assert not HeldRelease.objects.exists()


def test_the_database_refuses_that_past_the_service(held):
    with pytest.raises(DatabaseError, match="not returned to it"), transaction.atomic():
        execute(
            'INSERT INTO royalty_heldrelease (account_id, period_id, "to", amount_atoms, reason,'
            " requested_by_id, requested_at) VALUES (%s, %s, 'platform', 1, 'x', %s, now())",
            [held_money()[0].account.pk, held.period.pk, held.ann.pk],
        )


def test_held_long_enough_it_goes_to_the_parties(held):
    with pytest.raises(ByHandError, match="until 2029-11-01"):
        request(held, ReleaseTo.PARTIES, as_of=AFTER)
    approve_release(release=request(held, ReleaseTo.PARTIES), user=held.ben, as_of=LONG_AFTER)
    assert held_money() == []
    assert sum(payables(held, date(2026, 11, 30)).values()) == 28 * EURO
    assert verify_ledger() == []
