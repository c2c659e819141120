"""Features of pieces that a platform computed in its own house: taken in, or refused.

A file is read to its last byte before it is taken: it belongs to a sealed store of the same model
version, was made by the featurisers that made the store, hashes to its root, and holds nothing that
rows cannot hold. Whether the rows are those of the piece is another question
(`attribution.services.verification`).

How long a row is does not decide what it earns: scores are standardised for each query and member,
so a row a thousand times as long scores the same. Rows of absurd length are refused all the same:
nothing that computes gradients makes them, and squares must not overflow.
"""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import numpy as np
from django.core.files.storage import default_storage
from django.db import transaction

from attribution.exchange import FeaturesFile, FeaturesRefused, read_features
from attribution.models import FeatureStore, Generation, GenerationFeatures
from common.uploads.models import Upload
from common.uploads.purposes import Purpose
from common.uploads.services import consume, discard, take

# A piece's row may be this much longer than the store's longest, or shorter than its shortest.
NORM_RATIO = 1000.0


class FeaturesConflict(Exception):
    """A piece that has other features, or is attributed by features of ours."""


def receive_features(
    generation: Generation, upload_id: UUID, *, tenant: str, as_of: datetime
) -> tuple[GenerationFeatures, bool]:
    """Take an upload as the features of a piece; returns them, and whether they are new.

    The same file again, by the same upload or another, is what is already there.

    Raises:
        UploadRefused: there is no such upload, or it is none of features.
        FeaturesRefused: they cannot be the piece's; the message says why.
        FeaturesConflict: the piece has others, or is attributed without.
    """
    with transaction.atomic():
        Generation.objects.select_for_update(of=("self",)).get(pk=generation.pk)
        known = GenerationFeatures.objects.filter(generation=generation).first()
        if known is not None:
            _refuse_others(known, upload_id, tenant)
            return known, False
        if generation.arrival_run_id is not None or generation.attributions.exists():
            raise FeaturesConflict(
                f"The generation {generation.external_id!r} is attributed by features that we "
                "computed; features of yours would have to come before."
            )
        upload = take(upload_id, Purpose.GENERATION_FEATURES, tenant=tenant)
        file = read_features(upload.path)
        store = _store_of(generation, file)
        _refuse_foreign(file, store)
        features = _keep(generation, store, upload, file)
        consume(upload, as_of=as_of)
        discard(upload)
    return features, True


def _refuse_others(known: GenerationFeatures, upload_id: UUID, tenant: str) -> None:
    sent = Upload.objects.filter(tenant=tenant, pk=upload_id).first()
    if sent is None or sent.sha256 != known.sha256:
        raise FeaturesConflict(
            f"The generation {known.generation.external_id!r} has features already (sha256 "
            f"{known.sha256[:12]}), and they are never replaced."
        )


def _store_of(generation: Generation, file: FeaturesFile) -> FeatureStore:
    """The platform's sealed store that the rows belong to."""
    store = generation.model_version.feature_stores.filter(
        digest=file.identity.store,
        origin=FeatureStore.Origin.PLATFORM,
        sealed_at__isnull=False,
    ).first()
    if store is None:
        raise FeaturesRefused(
            f"They belong to the store {file.identity.store}, and {generation.model_version} has "
            "no such sealed store that you sent: send the store first, and wait until it is sealed."
        )
    return store


def _refuse_foreign(file: FeaturesFile, store: FeatureStore) -> None:
    """Raise FeaturesRefused unless the rows are such as this store's featurisers make."""
    identity, brought = file.identity, store.config
    if identity.config != brought["description"]:
        raise FeaturesRefused("They name another config.json than the store's.")
    if identity.fingerprints != brought["fingerprints"]:
        differing = sorted({*identity.fingerprints.items()} ^ {*brought["fingerprints"].items()})
        raise FeaturesRefused(
            f"They were made under other members or checkpoints than the store: {differing[0][0]!r}"
            " differs. Compute them with what captured the store."
        )
    dimension = brought["capture"]["dimension"]
    if file.dimension != dimension:
        raise FeaturesRefused(f"Rows have {file.dimension} numbers, and the store's {dimension}.")
    for place, member in enumerate(file.members):
        least, largest = brought["norms"][member]
        norms = file.norms[place]
        wrong = (norms < least / NORM_RATIO) | (norms > largest * NORM_RATIO)
        if wrong.any():
            segment = int(np.flatnonzero(wrong)[0])
            raise FeaturesRefused(
                f"The row of segment {segment} under {member!r} has the length "
                f"{norms[segment]:.3g}; the store's are from {least:.3g} to {largest:.3g} long. "
                "No gradient of this model is that far from them."
            )


def _keep(
    generation: Generation, store: FeatureStore, upload: Upload, file: FeaturesFile
) -> GenerationFeatures:
    name = f"generation-features/{upload.sha256[:2]}/{upload.sha256}.safetensors"
    upload.keep_at(Path(default_storage.path(name)))
    return GenerationFeatures.objects.create(
        generation=generation,
        feature_store=store,
        storage_name=name,
        sha256=upload.sha256,
        size_bytes=upload.size_bytes,
        root=file.identity.root,
        segment_count=file.segment_count,
        identity=file.identity.document(),
    )
