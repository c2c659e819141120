"""Feature stores that a platform computed in its own house: taken in, or refused with a sentence.

What comes is a packed store (`python -m attribution.engine pack`). It is unpacked beside the other
stores, every byte is held against its manifest, its table of tracks against the frozen training set
(all tracks, in order, with these files and roles), and its rows are looked at. What its rows *say*
cannot be seen here; that is verified against commitments and checkpoints
(`attribution.services.verification`).

The `config` of such a store holds

    upload       id of the upload that brought it
    capture      the configuration that the platform captured with
    description  sha256 of its config.json
    members      member → sha256 of the checkpoint that the platform says it is
    runs         member → the training run that this is a checkpoint of
    fingerprints member → sha256 over weights, curvature and configuration
    norms        member → [least, largest] norm of its rows
"""

import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils import timezone

from attribution.models import FeatureStore
from attribution.selectors.features import KIND_RECEIVE
from attribution.services.corpora import members_of
from attribution.services.features import rows_folder, store_folder
from attribution.services.telling import tell_ready
from catalog.models import ModelVersion, TrainingSet
from common.jobs.dispatch import enqueue
from common.jobs.registry import Progress
from common.uploads.models import Upload
from common.uploads.purposes import Purpose
from common.uploads.services import consume, discard, take

if TYPE_CHECKING:
    from attribution import engine

_SHA256 = re.compile(r"[0-9a-f]{64}")


class StoreRefused(Exception):
    """A store that cannot be taken; the message is for the platform that sent it."""


def receive_store(
    model_version: ModelVersion, upload_id: UUID, *, tenant: str, as_of: datetime
) -> FeatureStore:
    """Take an upload as a feature store of a model version; a job looks into it.

    The same upload again is the store already there.

    Raises:
        UploadRefused: there is no such upload, or it is none of a feature store.
        StoreRefused: the model version has no training set that a store could be of.
    """
    training_set = TrainingSet.objects.filter(model_version=model_version).first()
    if training_set is None:
        raise StoreRefused(
            f"{model_version} has no frozen training set, and a store is of one: freeze it first."
        )
    with transaction.atomic():
        known = model_version.feature_stores.filter(config__upload=str(upload_id)).first()
        if known is not None:
            return known
        upload = take(upload_id, Purpose.FEATURE_STORE, tenant=tenant)
        store = FeatureStore.objects.create(
            model_version=model_version,
            training_set=training_set,
            origin=FeatureStore.Origin.PLATFORM,
            folder=f"{model_version.pk}-upload-{upload.pk}",
            config={"upload": str(upload.pk)},
        )
        consume(upload, as_of=as_of)
        enqueue(KIND_RECEIVE, {"store": store.pk}, key=str(store.pk))
    return store


def look_into(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Seal the store that an upload holds, or keep why it was not taken. Again, it is the same."""
    from attribution import engine

    store = FeatureStore.objects.select_related("training_set").get(pk=payload["store"])
    if store.sealed_at is not None or store.refusal:
        return {"feature_store": store.pk}
    upload = Upload.objects.get(pk=store.config["upload"])
    try:
        digest, brought = _checked(store, upload.path, progress)
    except (engine.EngineError, StoreRefused) as refusal:
        shutil.rmtree(store_folder(store), ignore_errors=True)
        _close(store, upload, refusal=_without_paths(str(refusal), store))
    else:
        store.config |= brought
        _close(store, upload, digest=digest)
    return {"feature_store": store.pk}


def _checked(store: FeatureStore, package: Path, progress: Progress) -> tuple[str, dict[str, Any]]:
    """Unpack a store and look at all of it; returns its digest and what it brought."""
    from attribution import engine

    shutil.rmtree(rows_folder(store), ignore_errors=True)  # of an attempt that was killed
    engine.unpack(
        package,
        rows_folder(store),
        on_bytes=lambda done, total: progress(done >> 20, max(1, total >> 20), "unpacking, MiB"),
    )
    progress(0, 1, "comparing hashes")
    opened = engine.FeatureStore.open(rows_folder(store), verify="full")
    _refuse_other_training_set(opened, store.training_set)
    members = opened.members
    prints = {member: _fingerprint(opened, member) for member in members}
    norms = {}
    for place, member in enumerate(members):
        progress(place, len(members), "looking at rows")
        norms[member] = _norms(opened, member)
    return opened.digest(), {
        "capture": opened.config.as_dict(),
        "description": opened.description.digest(),
        "members": _of_members(opened, "checkpoints", _SHA256),
        "runs": _of_members(opened, "runs", re.compile(r".{1,100}")),
        "fingerprints": prints,
        "norms": norms,
    }


def _refuse_other_training_set(opened: "engine.FeatureStore", training_set: TrainingSet) -> None:
    """Every track of the set is there, with the agreed file and role, in the set's order."""
    from attribution import engine

    table = engine.TrackTable.read(opened.path)
    identity = opened.description.identity
    if identity.get("tracks") != table.sha256():
        raise StoreRefused("Its tracks.json is not the one that config.json names.")
    if table.n_segments != opened.n_segments:
        raise StoreRefused(
            f"Its tracks.json has {table.n_segments:,} segments and its rows {opened.n_segments:,}."
        )
    if identity.get("training_set") != training_set.digest:
        raise StoreRefused(
            f"It was made from the training set {str(identity.get('training_set'))[:64]!r}; "
            f"frozen is {training_set.digest}."
        )
    agreed = [(item.track.ref, item.asset_sha256, item.role) for item in members_of(training_set)]
    brought = [(track.ref, track.sha256, track.role) for track in table.tracks]
    if brought != agreed:
        raise StoreRefused(_first_difference(brought, agreed))


def _first_difference(
    brought: list[tuple[str, str, str]], agreed: list[tuple[str, str, str]]
) -> str:
    if len(brought) != len(agreed):
        return f"Its table has {len(brought):,} tracks; the training set has {len(agreed):,}."
    place = next(at for at in range(len(agreed)) if brought[at] != agreed[at])
    which = next(at for at in range(3) if brought[place][at] != agreed[place][at])
    return (
        f"Track {place} of its table has the {('ref', 'sha256', 'role')[which]} "
        f"{brought[place][which][:100]!r}; in the training set it is {agreed[place][which]!r} "
        f"({agreed[place][0]})."
    )


def _of_members(opened: "engine.FeatureStore", name: str, form: re.Pattern[str]) -> dict[str, str]:
    """What the identity says of every member under this name."""
    said = opened.description.identity.get(name)
    if (
        not isinstance(said, dict)
        or set(said) != set(opened.members)
        or not all(isinstance(value, str) and form.fullmatch(value) for value in said.values())
    ):
        raise StoreRefused(
            f"Its identity must name under {name!r} one text for each member: "
            + ("the sha256 of its weights." if name == "checkpoints" else "its training run.")
        )
    return said


def _fingerprint(opened: "engine.FeatureStore", member: str) -> str:
    """Whose rows a member's are. Raises StoreRefused where its shards do not belong together."""
    torn = opened.missing_shards(member)
    prints = opened.fingerprints(member)
    if torn or len(prints) != 1:
        raise StoreRefused(
            f"Shards of member {member!r} do not belong to this store or to one checkpoint."
        )
    (found,) = prints
    if not isinstance(found, str) or not _SHA256.fullmatch(found):
        raise StoreRefused(f"The fingerprint of member {member!r} is no sha256.")
    return found


def _norms(opened: "engine.FeatureStore", member: str) -> list[float]:
    """The least norm above zero and the largest of a member's rows, all of which are finite."""
    scales = opened.scales(member)
    if scales.shape != (opened.n_segments,) or not np.isfinite(scales).all() or scales.min() < 0:
        raise StoreRefused(f"The scales of member {member!r} are not one finite number a row.")
    norms = opened.norms(member)
    if not np.isfinite(norms).all():
        row = int(np.flatnonzero(~np.isfinite(norms))[0])
        raise StoreRefused(f"The row of segment {row} under {member!r} is not finite.")
    if not norms.max() > 0:
        raise StoreRefused(f"All rows of member {member!r} are zero.")
    return [float(norms[norms > 0].min()), float(norms.max())]


def _close(store: FeatureStore, upload: Upload, *, digest: str = "", refusal: str = "") -> None:
    """Write the verdict once; the package is needed no more."""
    with transaction.atomic():
        row = FeatureStore.objects.select_for_update().get(pk=store.pk)
        if row.sealed_at is None and not row.refusal:
            row.config, row.digest, row.refusal = store.config, digest, refusal[:1000]
            row.sealed_at = timezone.now() if digest else None
            row.save(update_fields=["config", "digest", "refusal", "sealed_at"])
            if digest:
                tell_ready(row)
        discard(upload)


def _without_paths(sentence: str, store: FeatureStore) -> str:
    """The engine's sentence, without where on our machines the store lies."""
    folder = str(rows_folder(store))
    return sentence.replace(f"{folder}/", "").replace(folder, "your store")
