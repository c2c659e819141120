"""A set is frozen without the tracks that may not be used, and says of each why."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import Consent, Track, TrainingSet, TrainingSetExclusion
from catalog.services.training_sets import TrainingSetRefused, freeze_training_set
from tests.consent.conftest import TODAY
from tests.royalty.cast import add_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def six(world, version):
    """T1 to T6, of which T4 is nobody's to train, T5 has no file, T6 is T1 again."""
    for name in ("T4", "T5", "T6"):
        world.tracks[name] = add_track(world, name, {"B": 1})
        if name != "T4":
            _agree(world.tracks[name])
    Track.objects.filter(ref="T5").update(asset=None)
    Track.objects.filter(ref="T6").update(merged_into=world.tracks["T1"])
    return version


def _agree(track):
    Consent.objects.create(
        track=track, right="composition", basis="licence 7", valid_from=date(2026, 1, 1)
    )


def freeze(version, **changes):
    content = {
        "train": ["T1", "T4", "T5", "T6"],
        "control_calibration": ["T2"],
        "control_test": ["T3"],
        "as_of": TODAY,
        "leave_out": True,
    }
    return freeze_training_set(model_version=version, **(content | changes))


def test_what_is_left_out_is_kept_with_its_reason(six):
    frozen = freeze(six)
    assert list(frozen.members.values_list("track__ref", flat=True).order_by("position")) == [
        *("T1", "T2", "T3")
    ]
    found = frozen.exclusions.order_by("position").values_list(
        "track__ref", "role", "reason", "right", "sentence"
    )
    assert list(found) == [
        (
            *("T4", "train", "no_consent", "composition"),
            "Nobody has agreed to training under its composition on 2026-11-03.",
        ),
        ("T5", "train", "no_file", "", "The catalogue has no file of it."),
        # Without a file it is not known to be a score.
        (
            *("T5", "train", "no_consent", "recording"),
            "Nobody has agreed to training under its recording on 2026-11-03.",
        ),
        ("T6", "train", "merged", "", "It was found to be another track: T1."),
    ]


def test_the_same_asked_again_is_the_set_that_is_there(six):
    first = freeze(six)
    _agree(Track.objects.get(ref="T4"))  # since then
    assert freeze(six) == first
    with pytest.raises(TrainingSetRefused, match="other content"):
        freeze(six, train=["T1", "T2"], control_calibration=["T4"])


def test_a_control_needs_no_more_than_attribution(six):
    Consent.objects.filter(track__ref__in=["T2", "T3"]).update(use="attribution")
    assert freeze(six).track_count == 3
    assert not TrainingSetExclusion.objects.filter(track__ref__in=["T2", "T3"]).exists()


def test_a_role_of_which_nothing_is_left_refuses_the_set(six):
    Consent.objects.filter(track__ref="T3").update(valid_until=TODAY)
    with pytest.raises(TrainingSetRefused, match="None of the 1 tracks given as control_test"):
        freeze(six)
    assert not TrainingSet.objects.filter(model_version=six).exists()


def test_without_leaving_out_all_faults_are_named(six):
    with pytest.raises(TrainingSetRefused, match="no file of these tracks: T5"):
        freeze(six, leave_out=False)
    with pytest.raises(TrainingSetRefused) as refusal:
        freeze(six, leave_out=False, train=["T1", "T4", "T6"])
    assert "found to be others: T6" in str(refusal.value)
    assert [fault.ref for fault in refusal.value.faults] == ["T4", "T6"]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda s: s.exclusions.update(sentence="It wanted not to."),
        lambda s: s.exclusions.filter(position=0).delete(),
        lambda s: s.exclusions.create(
            track=Track.objects.get(ref="T2"), position=4, role="train", reason="opted_out"
        ),
    ],
)
def test_nobody_changes_afterwards_what_was_left_out(six, attempt):
    frozen = freeze(six)
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt(frozen)


def test_a_set_names_as_many_exclusions_as_it_states(world, version):
    with pytest.raises(IntegrityError, match="states 1 exclusions and has 0"), transaction.atomic():
        TrainingSet.objects.create(
            model_version=version,
            digest="0" * 64,
            track_count=0 + 1,
            exclusion_count=1,
            frozen_at="2026-11-03T00:00:00Z",
        ).members.create(track=world.tracks["T1"], position=0, role="train", asset_sha256="0" * 64)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
