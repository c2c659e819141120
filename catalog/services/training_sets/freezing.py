"""Freezing a training set: who is in it, in which role, with which file, by whose consent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import transaction

from catalog.models import ModelVersion, Track, TrainingRole, TrainingSet, TrainingSetTrack
from catalog.selectors import consented_rights, touched_rights, tracks_with_recording_shares
from common.hashing import sha256_json

MOST_NAMED = 20  # in one message


class TrainingSetRefused(Exception):
    """A training set that cannot be frozen; the message names the tracks and says why."""


@dataclass(frozen=True)
class _Member:
    track: Track
    role: TrainingRole


def freeze_training_set(
    *,
    model_version: ModelVersion,
    train: Sequence[str],
    control_calibration: Sequence[str],
    control_test: Sequence[str],
    as_of: date,
) -> TrainingSet:
    """Freeze what a model version is trained on and the controls that it never sees.

    Controls need consent as well: their features are computed under the model. The same content
    again, in whichever order, returns the set that is there.

    Args:
        train, control_calibration, control_test: refs of tracks, none of them empty.
        as_of: the day on which every consent must be valid; the set is frozen as of its beginning.

    Raises:
        TrainingSetRefused: a role without tracks, a track that is unknown, repeated or without
            consent, or a model version that has another set already.
    """
    refs = {
        TrainingRole.TRAIN: train,
        TrainingRole.CONTROL_CALIBRATION: control_calibration,
        TrainingRole.CONTROL_TEST: control_test,
    }
    _refuse_empty_or_repeated(refs)
    with transaction.atomic():
        ModelVersion.objects.select_for_update().get(pk=model_version.pk)
        members = _members(refs)
        digest = training_set_digest(
            (position, member.track.ref, member.role, member.track.asset.sha256)
            for position, member in enumerate(members)
        )
        there = TrainingSet.objects.filter(model_version=model_version).first()
        if there is not None:
            return _same_or_refused(there, digest)
        _refuse_without_consent(members, model_version, as_of)
        return _write(model_version, members, digest, as_of)


def training_set_digest(members: Iterable[tuple[int, str, str, str]]) -> str:
    """The hash of (position, ref, role, sha256 of the file) of all members, in their order."""
    return sha256_json([list(member) for member in members])


def _refuse_empty_or_repeated(refs: dict[TrainingRole, Sequence[str]]) -> None:
    for role, listed in refs.items():
        if not listed:
            raise TrainingSetRefused(f"No track is given as {role}; every role needs one.")
    times = Counter(ref for listed in refs.values() for ref in listed)
    repeated = sorted(ref for ref, count in times.items() if count > 1)
    if repeated:
        raise TrainingSetRefused(
            f"A track has one place and one role; these stand more than once: {_named(repeated)}."
        )


def _members(refs: dict[TrainingRole, Sequence[str]]) -> list[_Member]:
    """The members in ascending order of their refs (by code point), which is their position."""
    role_of = {ref: role for role, listed in refs.items() for ref in listed}
    tracks = {
        track.ref: track for track in Track.objects.filter(ref__in=role_of).select_related("asset")
    }
    unknown = sorted(role_of.keys() - tracks.keys())
    if unknown:
        raise TrainingSetRefused(
            f"The catalogue has no such tracks: {_named(unknown)}. Import them first."
        )
    return [_Member(tracks[ref], role_of[ref]) for ref in sorted(role_of)]


def _same_or_refused(there: TrainingSet, digest: str) -> TrainingSet:
    if there.digest != digest:
        raise TrainingSetRefused(
            f"{there.model_version} has a frozen training set with other content "
            f"({there.digest[:12]}, not {digest[:12]}); register a new model version."
        )
    return there


def _refuse_without_consent(
    members: Sequence[_Member], model_version: ModelVersion, as_of: date
) -> None:
    tracks = [member.track for member in members]
    agreed = consented_rights(tracks, model_version, on=as_of)
    with_recording = tracks_with_recording_shares(tracks, on=as_of)
    lacking = [
        f"{track.ref} ({right})"
        for track in tracks
        for right in touched_rights(
            track.asset.media_type, has_recording_shares=track.pk in with_recording
        )
        if (track.pk, right) not in agreed
    ]
    if lacking:
        raise TrainingSetRefused(
            f"On {as_of} there is no consent to train {model_version} on {_named(lacking)}. "
            "Record the consents or leave these tracks out."
        )


def _write(
    model_version: ModelVersion, members: Sequence[_Member], digest: str, as_of: date
) -> TrainingSet:
    training_set = TrainingSet.objects.create(
        model_version=model_version,
        digest=digest,
        track_count=len(members),
        frozen_at=datetime.combine(as_of, time.min, tzinfo=UTC),
    )
    TrainingSetTrack.objects.bulk_create(
        (
            TrainingSetTrack(
                training_set=training_set,
                track=member.track,
                position=position,
                role=member.role,
                asset_sha256=member.track.asset.sha256,
            )
            for position, member in enumerate(members)
        ),
        batch_size=5000,
    )
    return training_set


def _named(refs: Sequence[str]) -> str:
    rest = len(refs) - MOST_NAMED
    return ", ".join(refs[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
