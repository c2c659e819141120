"""A training set is frozen with consent, hashed, and kept by the database against everybody."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import Consent, Track, TrainingSet, TrainingSetTrack
from catalog.selectors import tracks_of
from catalog.services.assets import asset_path
from catalog.services.training_sets import (
    RegistrationConflict,
    TrainingSetRefused,
    freeze_training_set,
    register_checkpoint,
    register_model_version,
    register_platform,
    verify_training_set,
)
from tests.catalog.manifests import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def model_version(folder):
    assert folder.add(*range(1, 7)).bring_in().ok
    platform = register_platform(code="studio", name="Studio")
    return register_model_version(platform=platform, name="muse", version="1")


def freeze(model_version, **changes):
    content = {
        "train": ["t6", "t1", "t2"],
        "control_calibration": ["t5", "t3"],
        "control_test": ["t4"],
        "as_of": TODAY,
    }
    return freeze_training_set(model_version=model_version, **(content | changes))


def test_members_stand_in_the_order_of_their_refs(model_version):
    training_set = freeze(model_version)
    members = tracks_of(training_set)
    assert [(member.position, member.ref) for member in members] == [
        (position, f"t{position + 1}") for position in range(6)
    ]
    assert members[4].role == "control_calibration"
    assert training_set.track_count == 6
    assert training_set.frozen_at == datetime(2026, 3, 1, tzinfo=UTC)


def test_the_same_content_in_another_order_is_the_same_set(model_version):
    first = freeze(model_version)
    Consent.objects.update(valid_until=date(2026, 2, 1))  # withdrawn since: what is frozen stays
    again = freeze(model_version, train=["t1", "t2", "t6"])
    assert (again.pk, again.digest) == (first.pk, first.digest)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"train": []}, "No track is given as train"),
        ({"control_test": []}, "No track is given as control_test"),
        ({"train": ["t1", "t9", "t8"]}, "no such tracks: t8, t9"),
        ({"train": ["t1", "t4"]}, "more than once: t4"),
        ({"train": ["t1", "t1"]}, "more than once: t1"),
        ({"as_of": date(2025, 12, 31)}, "no consent to train muse 1 on t1 (composition), t2"),
    ],
)
def test_a_set_with_a_fault_is_not_frozen(model_version, changes, said):
    with pytest.raises(TrainingSetRefused) as refusal:
        freeze(model_version, **changes)
    assert said in str(refusal.value)
    assert not TrainingSet.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"train": ["t1", "t2"]},
        {"control_calibration": ["t5"], "control_test": ["t4", "t3"]},
    ],
)
def test_a_model_version_has_one_set(model_version, changes):
    freeze(model_version)
    with pytest.raises(TrainingSetRefused, match="other content"):
        freeze(model_version, **changes)


def test_a_withdrawn_consent_names_the_track(model_version):
    Consent.objects.filter(track__ref="t3").update(valid_until=TODAY)
    with pytest.raises(TrainingSetRefused, match=r"on t3 \(composition\)\."):
        freeze(model_version)
    freeze(model_version, as_of=date(2026, 2, 28))


def test_consent_for_another_model_version_does_not_count(model_version):
    other = register_model_version(platform=model_version.platform, name="muse", version="2")
    Consent.objects.filter(track__ref="t3").update(model_version=other)
    with pytest.raises(TrainingSetRefused, match="t3"):
        freeze(model_version)
    freeze(other)


def test_a_recording_needs_the_consent_of_its_own_right(folder, model_version):
    folder.add(7, performer="Pia", performer_share_pct="100")
    assert folder.bring_in().ok
    Consent.objects.filter(track__ref="t7", right="recording").delete()
    with pytest.raises(TrainingSetRefused, match=r"t7 \(recording\)"):
        freeze(model_version, train=["t1", "t7"])


@pytest.mark.parametrize(
    "attempt",
    [
        lambda s: TrainingSet.objects.filter(pk=s.pk).update(digest="0" * 64),
        lambda s: TrainingSet.objects.filter(pk=s.pk).update(track_count=7),
        lambda s: TrainingSet.objects.filter(pk=s.pk)._raw_delete("default"),
        lambda s: s.members.update(role="train"),
        lambda s: s.members.filter(position=0).update(asset_sha256="0" * 64),
        lambda s: s.members.filter(position=5).delete(),
        lambda s: TrainingSetTrack.objects.create(
            training_set=s, track=Track.objects.get(ref="t7"), position=6, role="train"
        ),
        lambda s: TrainingSetTrack.objects.create(
            training_set=s, track=Track.objects.get(ref="t7"), position=5, role="train"
        ),
    ],
)
def test_the_application_cannot_change_a_frozen_set(folder, model_version, attempt):
    training_set = freeze(model_version)
    folder.add(7).bring_in()
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt(training_set)
    assert verify_training_set(TrainingSet.objects.get()) == []


def test_the_application_cannot_switch_the_guards_off(model_version):
    freeze(model_version)
    for statement in (
        "ALTER TABLE catalog_trainingset DISABLE TRIGGER training_sets_stay",
        "TRUNCATE catalog_trainingsettrack",
        "SET session_replication_role = replica",
        "DROP FUNCTION catalog_refuse_change_of_training_set() CASCADE",
    ):
        with (
            pytest.raises(Exception, match=r"must be owner|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_set_with_open_places_cannot_be_committed(model_version):
    with pytest.raises(IntegrityError, match="states 2 tracks and has 1"), transaction.atomic():
        training_set = TrainingSet.objects.create(
            model_version=model_version,
            digest="0" * 64,
            track_count=2,
            frozen_at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        TrainingSetTrack.objects.create(
            training_set=training_set, track=Track.objects.get(ref="t1"), position=0, role="train"
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_damaged_and_missing_files_are_named(model_version):
    training_set = freeze(model_version)
    damaged, missing = (Track.objects.get(ref=ref).asset for ref in ("t2", "t5"))
    asset_path(damaged).write_bytes(b"MThd something else")
    asset_path(missing).unlink()
    first, second = verify_training_set(training_set)
    assert first.startswith("Track t2: its file has the sha256")
    assert second == f"Track t5: its file {missing.sha256[:12]} is missing."


def test_a_track_renamed_behind_the_guards_shows_in_the_digest(model_version):
    training_set = freeze(model_version)
    Track.objects.filter(ref="t3").update(ref="t3-renamed")
    (difference,) = verify_training_set(training_set)
    assert training_set.digest[:12] in difference


def test_registering_again_returns_what_is_there_and_conflicts_are_refused(model_version):
    platform = model_version.platform
    assert register_platform(code="studio", name="Studio") == platform
    assert register_model_version(platform=platform, name="muse", version="1") == model_version
    with pytest.raises(RegistrationConflict, match="belongs to 'Studio'"):
        register_platform(code="studio", name="Another")

    def checkpoint(**changes):
        values = {"member": "seed-1", "step": 100, "sha256": "a" * 64, "path": "1/a.safetensors"}
        return register_checkpoint(
            model_version=model_version, metrics={"nats": 2.5}, **(values | changes)
        )

    assert checkpoint() == checkpoint()
    assert checkpoint(step=200, path="1/b.safetensors").pk != checkpoint().pk
    with pytest.raises(RegistrationConflict, match="other weights"):
        checkpoint(sha256="b" * 64)
    for path in ("/etc/passwd", "../a", "1/../../a"):
        with pytest.raises(RegistrationConflict, match="leads out"):
            checkpoint(step=300, path=path)
