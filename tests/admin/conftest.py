"""The cast of the admin's tests: a settled month, and people who may or may not look at it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organisation, Scope, User
from accounts.services.keys import create_key
from attribution.models import FeatureDraw, GenerationFeatures
from attribution.services.verification.findings import record
from attribution.services.verification.seeds import seed_of
from catalog.deliveries.models import Delivery
from catalog.models import Checkpoint, Consent, Credit, Representation, Sender
from catalog.services.history import changing
from common.api.models import LoggedRequest
from common.database import tenancy
from common.jobs.models import Job
from royalty.models import ExchangeRate, HeldRelease, Notice, PayeeTax, UsageHold
from royalty.services import intake
from tests.catalog.quality.rows import leave_quality
from tests.claims.rows import contested_claim
from tests.royalty import money_in, payees
from tests.royalty.cast import (
    AFTER,
    STARTS,
    World,
    ndjson,
    revenue_lines,
    settle,
    show,
    usage_lines,
    worked_example,
)
from tests.royalty.money_in import Paid
from tests.tenancy.cast import listen

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model: type[Model], page: str, *arguments: object) -> str:
    """The address of a page of the admin: changelist, add, change, history, delete."""
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=arguments)


def member(kind: Organisation.Kind, name: str, **rights: bool) -> User:
    """A person who acts for an organisation of their own."""
    organisation = Organisation.objects.create(name=f"{name}'s", kind=kind)
    person = User.objects.create_user(f"{name.lower()}@example.org", "a good password", **rights)
    Membership.objects.create(user=person, organisation=organisation)
    return person


@pytest.fixture
def olga(db) -> User:
    """An operator who may do everything that the admin offers."""
    return member(Organisation.Kind.OPERATOR, "Olga", is_staff=True, is_superuser=True)


@pytest.fixture
def rita(db) -> User:
    """A rights holder who is also staff, which must not help her."""
    return member(Organisation.Kind.RIGHTS_HOLDER, "Rita", is_staff=True, is_superuser=True)


@pytest.fixture
def paul(db) -> User:
    """A platform's engineer."""
    return member(Organisation.Kind.PLATFORM, "Paul")


@pytest.fixture
def omar(db) -> User:
    """One of the operator's people who is no member of staff."""
    return member(Organisation.Kind.OPERATOR, "Omar")


@pytest.fixture
def browsing() -> Callable[[User], Client]:
    def as_person(person: User) -> Client:
        client = Client()
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        return client

    return as_person


@pytest.fixture
def operator(olga, browsing) -> Client:
    return browsing(olga)


def verify_features(world: World) -> None:
    """Features that the platform computed of a piece, drawn and found to be right."""
    features = GenerationFeatures.objects.create(
        generation=world.generations["G1"],
        feature_store=world.run.feature_store,
        storage_name="features/one",
        sha256="a" * 64,
        size_bytes=1,
        root="b" * 64,
        segment_count=1,
        identity={},
    )
    FeatureDraw.objects.create(
        features=features,
        seed=seed_of(world.run.feature_store.model_version, STARTS),
        cause="lot",
        rate_ppm=50_000,
        segments=[0],
        drawn_at=AFTER,
    )
    record(features, "recomputed", "It agrees.", as_of=AFTER, segments_checked=1)


@pytest.fixture
def world(db, tmp_path) -> World:
    """The worked example, closed, with at least one row of everything that the admin shows."""
    world = worked_example()
    usage, revenue = tmp_path / "usage.ndjson", tmp_path / "revenue.ndjson"
    intake.take_usage(platform=world.platform, source=ndjson(usage, usage_lines()), name=usage.name)
    intake.take_revenue(
        platform=world.platform, source=ndjson(revenue, revenue_lines()), name=revenue.name
    )
    publication = show(settle(world), world.ann)
    Notice.objects.create(
        publication=publication, user=world.ann, address="ann@example.org", subject="s", body="b"
    )
    payees.open_month(world, 12)
    payees.agree_with_all(world)
    payees.withhold(world, "A")
    PayeeTax.objects.create(party=world.parties["A"], country="DE", entered_by=world.ann)
    money_in.enter_billing_details(world)
    invoice = money_in.issue(world, on=date(2026, 12, 2))
    paid = Paid("27.00", reference=invoice.reference, on=date(2026, 12, 4))
    money_in.receive(world, paid)
    money_in.agree_self_billing(world, "A")
    payees.approved(world, payees.NEXT_PAYDAY)
    owner = Organisation.objects.create(name="A and sons", kind="rights_holder")
    Representation.objects.create(organisation=owner, party=world.parties["A"])
    world.platform.organisation = Organisation.objects.create(name="Acme", kind="platform")
    world.platform.save()
    key = create_key(
        organisation=world.platform.organisation, name="nightly", scopes=[Scope.INGEST]
    ).row
    LoggedRequest.objects.create(
        tenant=key.tenant,
        key=key.prefix,
        request_id="request-of-acme",
        answered_at=AFTER,
        method="POST",
        path="/api/v1/usage",
        status=201,
        milliseconds=7,
        received_bytes=120,
        is_replay=False,
    )
    listen(world.platform.organisation)
    verify_features(world)
    _leave_what_is_shown(world)
    return world


def _leave_what_is_shown(world: World) -> None:
    """Rows that no story of the world brings by itself."""
    version = next(iter(world.generations.values())).model_version
    Checkpoint.objects.create(
        model_version=version, member="seed-1", step=1, sha256="c" * 64, path="c"
    )
    for track in world.tracks.values():
        Consent.objects.create(track=track, right="composition", basis="CC0", valid_from=STARTS)
        Credit.objects.create(track=track, party=world.parties["A"], role="session_performer")
    sender = Sender.objects.create(code="label", name="A label")
    delivery = Delivery.objects.create(
        sender=sender, name="catalogue.csv", sha256="e" * 64, size_bytes=1, as_of=STARTS
    )
    delivery.rows.create(number=2, kind="track", ref="T1", outcome="unchanged")
    leave_quality(world.tracks["T1"], delivery, AFTER)
    owner = Organisation.objects.get(name="A and sons")
    contested_claim(world.tracks["T3"].work, world.parties["A"], owner, world.ann)
    with changing(by=world.ann, reason="The sleeve says so.", source="admin"):
        Credit.objects.update(role="featured_performer")
    HeldRelease.objects.create(
        account=world.contract.accounts.get(kind="commission"),
        period=world.period,
        to="platform",
        amount_atoms=1,
        reason="an example",
        requested_by=world.ann,
        requested_at=AFTER,
    )
    ExchangeRate.objects.create(base="EUR", quote="USD", day=STARTS, rate="1.08", source="ECB")
    UsageHold.objects.create(
        period=world.period,
        rule="too_many",
        subject="U2",
        subscribers=["U2"],
        uses=30_001,
        sentence="Subscriber U2 used pieces 30,001 times.",
        evidence={},
        found_at=AFTER,
    )
    failed = {"status": Job.Status.FAILED, "error": "no disk", "attempt": 3}
    Job.objects.create(kind="slow.work", tenant=tenancy.SYSTEM, **failed)
