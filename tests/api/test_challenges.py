"""A platform is told what was drawn, opens it, and reads what was found."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import override_settings
from django.utils import timezone

from attribution.models import FeatureDraw, FeatureOpening, GenerationFeatures
from attribution.services.verification.findings import record
from attribution.services.verification.passing import verify_due
from tests.attribution.kept import House, settle_in

NOBODYS = UUID(int=7)


@pytest.fixture
def house(world, storage) -> House:
    return settle_in(world.platform)


@pytest.fixture
def challenge(house) -> FeatureDraw:
    house.send("kept", at=timezone.now())
    with override_settings(VERIFICATION_RATE_PPM=1_000_000):
        verify_due(timezone.now())
    return FeatureDraw.objects.get()


def body(house: House, draw: FeatureDraw) -> dict:
    return {
        "openings": [
            {
                "number": each.number,
                "content": b64encode(each.content).decode(),
                "salt": each.salt.hex(),
            }
            for each in house.openings(draw)
        ]
    }


def test_a_challenge_says_what_to_open_and_until_when(acme, challenge):
    (listed,) = acme.get("challenges").json()["data"]
    assert listed == acme.get(f"challenges/{challenge.pk}").json()
    assert (listed["external_id"], listed["status"]) == ("kept", "open")
    assert listed["segments"] == challenge.segments
    assert listed["features_root"] == challenge.features.root
    due_at = datetime.fromisoformat(listed["due_at"])
    assert due_at - challenge.drawn_at == timedelta(days=7)


def test_an_answer_is_taken_and_judged_by_the_next_pass(acme, house, challenge):
    told = acme.post_json(f"challenges/{challenge.pk}/answer", body(house, challenge))
    assert (told.status_code, told.json()["status"]) == (200, "answered")
    assert told.json()["standing"] == "unverified"
    verify_due(timezone.now())
    after = acme.get(f"challenges/{challenge.pk}").json()
    assert (after["status"], after["standing"]) == ("closed", "opened")


def test_the_same_answer_again_changes_nothing(acme, house, challenge):
    path, sent = f"challenges/{challenge.pk}/answer", body(house, challenge)
    first = acme.post_json(path, sent)
    assert acme.post_json(path, sent).json() == first.json()
    assert FeatureOpening.objects.count() == 1


def test_another_answer_is_a_conflict(acme, house, challenge):
    path, sent = f"challenges/{challenge.pk}/answer", body(house, challenge)
    acme.post_json(path, sent)
    sent["openings"][0]["salt"] = "79" * 32
    refused = acme.post_json(path, sent)
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[-1]) == (409, "conflict")


def test_what_opens_something_else_is_refused_by_its_place(acme, house, challenge):
    sent = body(house, challenge)
    sent["openings"][2]["content"] = b64encode(b"another melody").decode()
    refused = acme.post_json(f"challenges/{challenge.pk}/answer", sent)
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/openings/2"]
    assert not FeatureOpening.objects.exists()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda opening: opening.pop("salt"), "/openings/0/salt"),
        (lambda opening: opening.update(salt="short"), "/openings/0/salt"),
        (lambda opening: opening.update(salt="5A" * 32), "/openings/0/salt"),
        (lambda opening: opening.update(salt="5a" * 32 + "\n"), "/openings/0/salt"),
        (lambda opening: opening.update(content="no base64!"), "/openings/0/content"),
        (lambda opening: opening.update(content="QUJD\n"), "/openings/0/content"),
        (lambda opening: opening.update(number=-1), "/openings/0/number"),
        (lambda opening: opening.update(number="0"), "/openings/0/number"),
        (lambda opening: opening.update(rows=[1.0]), "/openings/0/rows"),
    ],
)
def test_a_malformed_opening_is_refused_by_its_field(acme, house, challenge, change, place):
    sent = body(house, challenge)
    change(sent["openings"][0])
    refused = acme.post_json(f"challenges/{challenge.pk}/answer", sent)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == place


@pytest.mark.parametrize("sent", [{}, {"openings": []}, {"openings": {}}, [], {"openings": [1]}])
def test_what_is_no_answer_is_refused(acme, challenge, sent):
    assert acme.post_json(f"challenges/{challenge.pk}/answer", sent).status_code in {400, 422}


def test_what_is_not_answered_in_time_is_overdue(acme, challenge):
    verify_due(timezone.now() + timedelta(days=8))
    told = acme.get(f"challenges/{challenge.pk}").json()
    assert told["standing"] == "overdue"
    waiting = acme.get("challenges", answered="false").json()["data"]
    assert [each["id"] for each in waiting] == [str(challenge.pk)]
    assert acme.get("challenges", answered="true").json()["data"] == []


def test_nobody_sees_or_answers_the_challenges_of_others(acme, bolt, house, challenge):
    assert bolt.get("challenges").json()["data"] == []
    assert bolt.get("lots").json()["data"] == []
    for path in (f"challenges/{challenge.pk}", f"challenges/{NOBODYS}"):
        assert bolt.get(path).status_code == 404
        assert bolt.post_json(f"{path}/answer", body(house, challenge)).status_code == 404
    piece = challenge.features.generation_id
    assert bolt.get(f"generations/{piece}/verification").status_code == 404


def test_the_lot_is_committed_to_and_later_revealed(acme, challenge):
    tomorrow, today = acme.get("lots").json()["data"]
    assert today["day"] == datetime.now(UTC).date().isoformat()
    assert today["commitment"] == challenge.seed.commitment
    assert (today["secret"], tomorrow["secret"]) == (None, None)
    verify_due(timezone.now() + timedelta(days=1, hours=2))
    lots = acme.get("lots").json()["data"]
    assert lots[-1]["secret"] == challenge.seed.kept.secret


def test_what_is_known_of_a_piece_is_told_with_the_lot_of_its_day(acme, house, challenge):
    acme.post_json(f"challenges/{challenge.pk}/answer", body(house, challenge))
    verify_due(timezone.now())
    piece = challenge.features.generation_id
    told = acme.get(f"generations/{piece}/verification").json()
    assert told["standing"] == "opened"
    assert told["segments_checked"] == len(told["segments_drawn"]) == 8
    assert told["seen"] == {"cosine_gap": None, "norm_gap": None}
    assert told["tolerance"] == {"cosine_gap": 1e-5, "norm_gap": 1e-3}
    assert (told["lot"]["pieces"], told["lot"]["drawn"], told["lot"]["checked"]) == (1, 1, 1)
    assert told["lot"]["unseen_at_ten_percent"] == pytest.approx(0.9)
    assert "Their gradients were not recomputed" in told["sentence"]


def test_a_piece_without_features_of_its_own_has_no_verification(acme, world):
    piece = world.generations["G1"].pk
    assert acme.get(f"generations/{piece}/verification").status_code == 404


def computed_by_platform(world, name: str) -> GenerationFeatures:
    """The features by which a piece of the world is attributed are said to be the platform's."""
    return GenerationFeatures.objects.create(
        generation=world.generations[name],
        feature_store=world.run.feature_store,
        storage_name="features/one",
        sha256="a" * 64,
        size_bytes=1,
        root="b" * 64,
        segment_count=12,
        identity={},
    )


def test_an_attribution_says_how_its_features_were_verified(acme, world):
    record(computed_by_platform(world, "G1"), "sampled", "It was not drawn.", as_of=timezone.now())
    told = acme.get(f"generations/{world.generations['G1'].pk}/attribution").json()
    assert (told["status"], told["features"]["computed_by"]) == ("attributed", "platform")
    assert told["features"]["standing"] == "sampled"
    assert told["features"]["verification"] == (
        "Computed by the platform, others of its day recomputed and equal. It was not drawn."
    )


def test_what_was_refuted_is_no_attribution(acme, world):
    record(computed_by_platform(world, "G1"), "refuted", "They differ.", as_of=timezone.now())
    told = acme.get(f"generations/{world.generations['G1'].pk}/attribution").json()
    assert (told["status"], told["shares"]) == ("failed", None)
    assert "The features that were sent are refuted: They differ." in told["error"]
