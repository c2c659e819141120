"""A platform that keeps its pieces is asked to open what was drawn, and held to what it sent."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from accounts.models import Organisation
from accounts.webhooks.models import Event
from attribution.exchange.lot import Ticket, commitment_to, is_drawn, segments_drawn
from attribution.models import (
    DrawSecret,
    DrawSeed,
    FeatureDraw,
    FeatureFinding,
    GenerationFeatures,
)
from attribution.services.verification.challenges import (
    AnsweredAlready,
    AnswerRefused,
    answer_challenge,
)
from attribution.services.verification.findings import record
from attribution.services.verification.passing import verify_due
from attribution.services.verification.terms import SEGMENTS
from catalog.models import Platform
from common.database import tenancy
from common.jobs.registry import JobError
from tests.attribution.kept import NOON, House, settle_in
from tests.royalty.cast import worked_example

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Standing = GenerationFeatures.Standing


@pytest.fixture
def house(storage) -> House:
    platform = worked_example().platform
    platform.organisation = Organisation.objects.create(name="Acme", kind="platform")
    platform.save()
    return settle_in(platform)


@pytest.fixture
def everything():
    with override_settings(VERIFICATION_RATE_PPM=1_000_000):
        yield


@pytest.fixture
def nothing():
    with override_settings(VERIFICATION_RATE_PPM=0):
        yield


def standing(features: GenerationFeatures) -> str:
    features.refresh_from_db()
    return features.standing


def test_the_hash_of_a_secret_is_there_before_its_day_and_the_secret_after(house):
    verify_due(NOON)
    days = DrawSeed.objects.order_by("day")
    assert [seed.day for seed in days] == [NOON.date(), (NOON + DAY).date()]
    assert not DrawSecret.objects.exclude(revealed_at=None).exists()
    verify_due(NOON + DAY)
    (revealed,) = DrawSecret.objects.exclude(revealed_at=None)
    assert revealed.seed.day == NOON.date()
    assert commitment_to(bytes.fromhex(revealed.secret)) == revealed.seed.commitment


def test_a_secret_is_kept_for_an_hour_after_its_day(house):
    verify_due(NOON)
    verify_due(NOON.replace(hour=0) + DAY + timedelta(minutes=59))
    assert not DrawSecret.objects.exclude(revealed_at=None).exists()


def test_the_platform_draws_again_by_the_revealed_secret(house):
    sent = [house.send(f"piece-{number}") for number in range(30)]
    with override_settings(VERIFICATION_RATE_PPM=200_000):
        verify_due(NOON)
        verify_due(NOON + DAY)
    secret = bytes.fromhex(DrawSecret.objects.exclude(revealed_at=None).get().secret)
    tickets = {each.pk: Ticket(each.generation_id, each.root) for each in sent}
    expected = {pk for pk, ticket in tickets.items() if is_drawn(secret, ticket, 200_000)}
    draws = {draw.features_id: draw for draw in FeatureDraw.objects.all()}
    assert set(draws) == expected
    for pk, draw in draws.items():
        assert draw.segments == segments_drawn(secret, tickets[pk], 12, SEGMENTS)


def test_one_piece_of_a_day_is_drawn_whatever_the_lot_says(house, nothing):
    for number in range(5):
        house.send(f"piece-{number}")
    assert verify_due(NOON) == 0
    assert verify_due(NOON + DAY) == 1
    assert verify_due(NOON + DAY) == 0
    assert FeatureDraw.objects.get().cause == "least"


def test_what_we_cannot_recompute_is_a_challenge_for_a_week(house, everything):
    features = house.send("kept")
    verify_due(NOON)
    draw = FeatureDraw.objects.get()
    assert draw.due_at == NOON + timedelta(days=7)
    assert len(draw.segments) == SEGMENTS
    assert standing(features) == Standing.UNVERIFIED


def test_an_answer_that_opens_the_commitments_is_noted_as_opened(house, everything):
    features = house.send("kept")
    verify_due(NOON)
    draw = FeatureDraw.objects.get()
    answer_challenge(draw, house.openings(draw), NOON)
    assert standing(features) == Standing.UNVERIFIED  # the system judges, not who answers
    verify_due(NOON)
    assert standing(features) == Standing.OPENED
    finding = FeatureFinding.objects.get()
    assert (finding.segments_checked, finding.cosine_gap) == (SEGMENTS, None)
    assert "Their gradients were not recomputed" in finding.sentence


def test_the_order_of_an_answer_is_of_no_account(house, everything):
    house.send("kept")
    verify_due(NOON)
    draw = FeatureDraw.objects.get()
    first = answer_challenge(draw, house.openings(draw), NOON)
    assert answer_challenge(draw, house.openings(draw)[::-1], NOON) == first


@pytest.mark.parametrize("change", ["content", "salt", "short salt", "swapped"])
def test_an_answer_that_opens_something_else_is_refused_by_its_place(house, everything, change):
    features = house.send("kept")
    verify_due(NOON)
    draw = FeatureDraw.objects.get()
    openings = house.openings(draw)
    first, second = openings[0], openings[1]
    openings[0] = {
        "content": replace(first, content=b"another melody"),
        "salt": replace(first, salt=b"x" * 32),
        "short salt": replace(first, salt=first.salt[:31]),
        "swapped": replace(first, content=second.content, salt=second.salt),
    }[change]
    with pytest.raises(AnswerRefused) as refusal:
        answer_challenge(draw, openings, NOON)
    assert list(refusal.value.faults) == [0]
    assert "do not hash to its commitment" in refusal.value.faults[0]
    verify_due(NOON)
    assert standing(features) == Standing.UNVERIFIED


def test_an_answer_must_open_all_that_was_drawn_and_nothing_else(house, everything):
    house.send("kept")
    verify_due(NOON)
    draw = FeatureDraw.objects.get()
    openings = house.openings(draw)
    (other,) = sorted(set(range(12)) - set(draw.segments))[:1]
    with pytest.raises(AnswerRefused, match="are not opened"):
        answer_challenge(draw, openings[1:], NOON)
    with pytest.raises(AnswerRefused, match="not asked for"):
        answer_challenge(draw, [*openings, replace(openings[0], number=other)], NOON)
    with pytest.raises(AnswerRefused, match="opened twice"):
        answer_challenge(draw, [*openings, openings[0]], NOON)


def test_an_answer_stays(house, everything):
    house.send("kept")
    verify_due(NOON)
    draw = FeatureDraw.objects.get()
    answer_challenge(draw, house.openings(draw), NOON)
    other = [replace(each, salt=b"y" * 32) for each in house.openings(draw)]
    with pytest.raises(AnsweredAlready):
        answer_challenge(draw, other, NOON)


def test_no_answer_in_time_is_overdue_and_a_late_one_still_counts(house, everything):
    features = house.send("kept")
    verify_due(NOON)
    draw = FeatureDraw.objects.get()
    verify_due(NOON + timedelta(days=7, seconds=-1))
    assert standing(features) == Standing.UNVERIFIED
    verify_due(NOON + timedelta(days=7))
    verify_due(NOON + timedelta(days=8))
    assert standing(features) == Standing.OVERDUE
    answer_challenge(draw, house.openings(draw), NOON + timedelta(days=9))
    verify_due(NOON + timedelta(days=9))
    assert standing(features) == Standing.OPENED
    assert [each.standing for each in features.findings.order_by("pk")] == ["overdue", "opened"]


def test_the_rest_of_a_day_stands_as_those_that_were_drawn(house, nothing):
    sent = [house.send(f"piece-{number}") for number in range(4)]
    verify_due(NOON + DAY)
    draw = FeatureDraw.objects.get()
    others = [each for each in sent if each != draw.features]
    assert {standing(each) for each in others} == {Standing.UNVERIFIED}
    answer_challenge(draw, house.openings(draw), NOON + DAY)
    verify_due(NOON + DAY)
    assert {standing(each) for each in others} == {Standing.OPENED}
    sentence = others[0].findings.get().sentence
    assert sentence.startswith("It was not drawn. The 1 of its day that was drawn was")


def test_those_of_a_day_whose_drawn_piece_was_recomputed_are_sampled(house, nothing):
    sent = [house.send(f"piece-{number}") for number in range(4)]
    verify_due(NOON + DAY)
    draw = FeatureDraw.objects.get()
    record(draw.features, Standing.RECOMPUTED, "It agrees.", as_of=NOON, segments_checked=8)
    verify_due(NOON + DAY)
    assert sorted(map(standing, sent)) == ["recomputed", "sampled", "sampled", "sampled"]


def test_once_refuted_everything_of_the_platform_is_drawn_for_a_quarter(house, nothing):
    sent = [house.send(f"piece-{number}") for number in range(4)]
    verify_due(NOON + DAY)
    draw = FeatureDraw.objects.get()
    record(draw.features, Standing.REFUTED, "Others were sent.", as_of=NOON + DAY)
    verify_due(NOON + DAY)
    assert FeatureDraw.objects.filter(cause="suspicion").count() == 3
    later = house.send("later", at=NOON + 80 * DAY)
    verify_due(NOON + 80 * DAY)
    assert later.draw.rate_ppm == 1_000_000
    long_after = house.send("long after", at=NOON + 95 * DAY)
    verify_due(NOON + 95 * DAY)
    assert not FeatureDraw.objects.filter(features=long_after).exists()
    assert standing(sent[0]) != Standing.SAMPLED


def test_what_was_found_is_final_but_for_what_was_late(house):
    features = house.send("kept")
    record(features, Standing.REFUTED, "Others were sent.", as_of=NOON)
    record(features, Standing.OPENED, "It was opened.", as_of=NOON)
    assert standing(features) == Standing.REFUTED
    assert features.findings.count() == 1


def test_a_stored_file_that_changed_judges_nobody(house, everything):
    features = house.send("kept")
    verify_due(NOON)
    draw = FeatureDraw.objects.get()
    path = Path(default_storage.path(features.storage_name))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(JobError, match="restore"):
        answer_challenge(draw, house.openings(draw), NOON)


def test_no_tenant_says_of_itself_that_its_features_are_verified(house):
    features = house.send("kept")
    with tenancy.acting_as(house.platform.organisation.tenant):
        with pytest.raises(DatabaseError, match="No tenant says of itself"), transaction.atomic():
            GenerationFeatures.objects.filter(pk=features.pk).update(standing="sampled")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            FeatureFinding.objects.create(
                features=features,
                standing="sampled",
                sentence="x",
                segments_checked=1,
                found_at=NOON,
            )


def test_features_stay_as_they_were_committed_to(house):
    features = house.send("kept")
    with pytest.raises(DatabaseError, match="stay as they were"), transaction.atomic():
        GenerationFeatures.objects.filter(pk=features.pk).update(root="0" * 64)


@pytest.mark.parametrize(
    "table", ["drawseed", "featuredraw", "featurefinding", "featureopening", "drawsecret"]
)
def test_what_was_drawn_and_found_is_never_removed(house, everything, table):
    features = house.send("kept")
    verify_due(NOON)
    answer_challenge(features.draw, house.openings(features.draw), NOON)
    verify_due(NOON)
    with (
        pytest.raises(DatabaseError, match=r"append-only|stays as it was"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM attribution_{table}")


def test_a_platform_sees_its_draws_and_no_secret_before_its_day_is_over(house, everything):
    house.send("kept")
    verify_due(NOON)
    stranger = Organisation.objects.create(name="Bolt", kind="platform")
    Platform.objects.create(code="bolt", name="Bolt", organisation=stranger)
    with tenancy.acting_as(house.platform.organisation.tenant):
        assert (DrawSeed.objects.count(), DrawSecret.objects.count()) == (2, 0)
        assert FeatureDraw.objects.count() == 1
    with tenancy.acting_as(stranger.tenant):
        assert (DrawSeed.objects.count(), FeatureDraw.objects.count()) == (0, 0)
    verify_due(NOON + DAY)
    with tenancy.acting_as(house.platform.organisation.tenant):
        assert DrawSecret.objects.count() == 1


def test_the_platform_is_told_of_challenges_and_of_what_was_refuted(house, everything):
    features = house.send("kept")
    verify_due(NOON)
    record(features, Standing.REFUTED, "Others were sent.", as_of=NOON)
    record(features, Standing.REFUTED, "Others were sent.", as_of=NOON)
    challenge, refuted = Event.objects.order_by("pk")
    assert (challenge.type, refuted.type) == ("challenge.created", "features.refuted")
    assert challenge.data["challenge"] == str(features.draw.pk)
    assert refuted.data["reason"] == "Others were sent."
