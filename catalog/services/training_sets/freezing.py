"""Freezing a training set: who is in it, in which role, with which file, by whose consent."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import connection, transaction

from catalog.models import (
    ExclusionReason,
    ModelVersion,
    Track,
    TrainingRole,
    TrainingSet,
    TrainingSetExclusion,
    TrainingSetTrack,
    Use,
)
from catalog.services.consents import Objection, standings
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

    @property
    def use(self) -> Use:
        """What it needs consent to: controls are compared with, and never trained on."""
        return Use.TRAINING if self.role == TrainingRole.TRAIN else Use.ATTRIBUTION


# Members with what is against each, in their order; those that may be used have nothing.
_Judged = Sequence[tuple[_Member, tuple[Objection, ...]]]


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
    leave_out: bool = False,
) -> TrainingSet:
    """Freeze what a model version is trained on and the controls that it never sees.

    Controls need consent to attribution: their features are computed under the model. The same
    content again, in whichever order, returns the set that is there.

    Args:
        train, control_calibration, control_test: refs of tracks, none of them empty.
        as_of: the day on which every consent must be valid; the set is frozen as of its beginning.
        sha256s: by ref, of the files that were trained on, where somebody says so; each must be
            the catalogue's.
        leave_out: freeze without those that may not be used, and keep with the set why each was
            left out; else any of them refuses all.

    Raises:
        TrainingSetRefused: a role without tracks, a track that is unknown, repeated, another file
            or one that may not be used.
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
        if not leave_out:
            _refuse_without_file(members)
        _refuse_other_files(members, sha256s or {})
        there = TrainingSet.objects.filter(model_version=model_version).first()
        if there is not None:
            return _same_or_refused(there, members)
        judged = _judged(members, model_version, as_of)
        if not leave_out:
            _refuse_objections(judged, model_version, as_of)
        _refuse_if_none_is_left(judged)
        return _write(model_version, judged, as_of)


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
            track.ref, f"Its file has the sha256 {track.asset.sha256}, not {sha256s[track.ref]}."
        )
        for track in (member.track for member in members)
        if track.asset and track.ref in sha256s and sha256s[track.ref] != track.asset.sha256
    ]
    if faults:
        raise TrainingSetRefused(
            "The catalogue has other files of these tracks: "
            f"{_named([fault.ref for fault in faults])}.",
            faults,
        )


def _same_or_refused(there: TrainingSet, members: Sequence[_Member]) -> TrainingSet:
    left_out = set(there.exclusions.values_list("track_id", flat=True))
    digest = _digest([each for each in members if each.track.pk not in left_out])
    if there.digest != digest:
        raise TrainingSetConflict(
            f"{there.model_version} has a frozen training set with other content "
            f"({there.digest[:12]}, not {digest[:12]}); register a new model version."
        )
    return there


def _digest(members: Sequence[_Member]) -> str:
    return training_set_digest(
        (position, each.track.ref, each.role, each.track.asset.sha256 if each.track.asset else "")
        for position, each in enumerate(members)
    )


def _judged(members: Sequence[_Member], model_version: ModelVersion, as_of: date) -> _Judged:
    against = {
        standing.track.pk: standing.objections
        for use in Use
        for standing in standings(
            [member.track for member in members if member.use == use],
            model_version,
            on=as_of,
            use=use,
        )
    }
    return [(member, against[member.track.pk]) for member in members]


def _refuse_objections(judged: _Judged, model_version: ModelVersion, as_of: date) -> None:
    refused = [(member, each) for member, objections in judged for each in objections]
    if not refused:
        return
    merged = [m.track.ref for m, each in refused if each.reason == ExclusionReason.MERGED]
    lacking = [f"{m.track.ref} ({each.right})" for m, each in refused if each.right]
    sentences = []
    if merged:
        sentences.append(f"These tracks were found to be others: {_named(merged)}.")
    if lacking:
        sentences.append(
            f"On {as_of} there is no consent to train {model_version} on {_named(lacking)}."
        )
    raise TrainingSetRefused(
        f"{' '.join(sentences)} Record the consents or leave these tracks out.",
        [MemberFault(member.track.ref, each.sentence) for member, each in refused],
    )


def _refuse_if_none_is_left(judged: _Judged) -> None:
    for role in TrainingRole:
        of_role = [(member, objections) for member, objections in judged if member.role == role]
        if all(objections for _, objections in of_role):
            raise TrainingSetRefused(
                f"None of the {len(of_role)} tracks given as {role} may be used: "
                f"{_named([member.track.ref for member, _ in of_role])}.",
                [
                    MemberFault(member.track.ref, each.sentence)
                    for member, objections in of_role
                    for each in objections
                ],
            )


def _write(model_version: ModelVersion, judged: _Judged, as_of: date) -> TrainingSet:
    members = [member for member, objections in judged if not objections]
    left_out = [(member, each) for member, objections in judged for each in objections]
    training_set = TrainingSet.objects.create(
        model_version=model_version,
        digest=_digest(members),
        track_count=len(members),
        exclusion_count=len(left_out),
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
    TrainingSetExclusion.objects.bulk_create(
        (
            TrainingSetExclusion(
                training_set=training_set,
                track=member.track,
                position=position,
                role=member.role,
                right=each.right or "",
                reason=each.reason,
                sentence=each.sentence,
            )
            for position, (member, each) in enumerate(left_out)
        ),
        batch_size=5000,
    )
    return training_set


def _named(refs: Sequence[str]) -> str:
    rest = len(refs) - MOST_NAMED
    return ", ".join(refs[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
