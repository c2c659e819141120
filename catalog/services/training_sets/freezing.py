"""Freezing a training set: who is in it, in which role, with which file, by whose consent."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import connection, transaction

from catalog.models import ModelVersion, Track, TrainingRole, TrainingSet, TrainingSetTrack
from catalog.services.consents import lacking_rights
from common.hashing import sha256_json

MOST_NAMED = 20  # in one message


@dataclass(frozen=True)
class MemberFault:
    """What is wrong with one track of a set."""

    ref: str
    detail: str


class TrainingSetRefused(Exception):
    """A training set that cannot be frozen; the message names the tracks and says why.

    `faults` are the same track by track, where it is about tracks.
    """

    def __init__(self, message: str, faults: Sequence[MemberFault] = ()) -> None:
        super().__init__(message)
        self.faults = list(faults)


@dataclass(frozen=True)
class _Member:
    track: Track
    role: TrainingRole


class TrainingSetConflict(TrainingSetRefused):
    """The model version has a frozen set already, with other content."""


def freeze_training_set(
    *,
    model_version: ModelVersion,
    train: Sequence[str],
    control_calibration: Sequence[str],
    control_test: Sequence[str],
    as_of: date,
    sha256s: Mapping[str, str] | None = None,
) -> TrainingSet:
    """Freeze what a model version is trained on and the controls that it never sees.

    Controls need consent as well: their features are computed under the model. The same content
    again, in whichever order, returns the set that is there.

    Args:
        train, control_calibration, control_test: refs of tracks, none of them empty.
        as_of: the day on which every consent must be valid; the set is frozen as of its beginning.
        sha256s: by ref, of the files that were trained on, where somebody says so; each must be
            the catalogue's.

    Raises:
        TrainingSetRefused: a role without tracks, a track that is unknown, repeated, another file
            or without consent.
        TrainingSetConflict: the model version has another set already.
    """
    refs = {
        TrainingRole.TRAIN: train,
        TrainingRole.CONTROL_CALIBRATION: control_calibration,
        TrainingRole.CONTROL_TEST: control_test,
    }
    _refuse_empty_or_repeated(refs)
    with transaction.atomic():
        _lock(model_version)
        members = _members(refs)
        _refuse_without_file(members)
        _refuse_other_files(members, sha256s or {})
        digest = training_set_digest(
            (position, member.track.ref, member.role, member.track.file.sha256)
            for position, member in enumerate(members)
        )
        there = TrainingSet.objects.filter(model_version=model_version).first()
        if there is not None:
            return _same_or_refused(there, digest)
        _refuse_without_consent(members, model_version, as_of)
        return _write(model_version, members, digest, as_of)


def _lock(model_version: ModelVersion) -> None:
    """Of two that freeze a set for it, one waits. A row lock would ask for the right to change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"training set of {model_version.pk}"],
        )


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
            f"A track has one place and one role; these stand more than once: {_named(repeated)}.",
            [MemberFault(ref, "It stands there more than once.") for ref in repeated],
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
            f"The catalogue has no such tracks: {_named(unknown)}. Import them first.",
            [MemberFault(ref, "The catalogue has no such track.") for ref in unknown],
        )
    return [_Member(tracks[ref], role_of[ref]) for ref in sorted(role_of)]


def _refuse_without_file(members: Sequence[_Member]) -> None:
    lacking = [member.track.ref for member in members if member.track.asset is None]
    if lacking:
        raise TrainingSetRefused(
            f"The catalogue has no file of these tracks: {_named(lacking)}. "
            "Import their files, or leave them out.",
            [MemberFault(ref, "The catalogue has no file of it.") for ref in lacking],
        )


def _refuse_other_files(members: Sequence[_Member], sha256s: Mapping[str, str]) -> None:
    faults = [
        MemberFault(
            track.ref, f"Its file has the sha256 {track.file.sha256}, not {sha256s[track.ref]}."
        )
        for track in (member.track for member in members)
        if track.ref in sha256s and sha256s[track.ref] != track.file.sha256
    ]
    if faults:
        raise TrainingSetRefused(
            "The catalogue has other files of these tracks: "
            f"{_named([fault.ref for fault in faults])}.",
            faults,
        )


def _same_or_refused(there: TrainingSet, digest: str) -> TrainingSet:
    if there.digest != digest:
        raise TrainingSetConflict(
            f"{there.model_version} has a frozen training set with other content "
            f"({there.digest[:12]}, not {digest[:12]}); register a new model version."
        )
    return there


def _refuse_without_consent(
    members: Sequence[_Member], model_version: ModelVersion, as_of: date
) -> None:
    tracks = [member.track for member in members]
    lacking = [
        (track.ref, right)
        for track, rights in lacking_rights(tracks, model_version, on=as_of)
        for right in rights
    ]
    if lacking:
        raise TrainingSetRefused(
            f"On {as_of} there is no consent to train {model_version} on "
            f"{_named([f'{ref} ({right})' for ref, right in lacking])}. "
            "Record the consents or leave these tracks out.",
            [MemberFault(ref, f"No consent for its {right} on {as_of}.") for ref, right in lacking],
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
                asset_sha256=member.track.file.sha256,
            )
            for position, member in enumerate(members)
        ),
        batch_size=5000,
    )
    return training_set


def _named(refs: Sequence[str]) -> str:
    rest = len(refs) - MOST_NAMED
    return ", ".join(refs[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
