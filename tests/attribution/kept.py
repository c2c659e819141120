"""A platform whose weights and pieces we do not have, and the features that it sends of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from unittest import mock

import numpy as np

from attribution.exchange import Identity, Opening, salt_of, write_features
from attribution.exchange.commitments import commitment
from attribution.models import FeatureDraw, FeatureStore, Generation, GenerationFeatures
from catalog.models import Platform, TrainingSet
from common.storage import put

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUSE_SECRET, STORE = b"s" * 32, "5" * 64


@dataclass
class House:
    """Cadenza, whose weights and pieces we do not have."""

    platform: Platform
    store: FeatureStore

    def send(self, name: str, *, segments: int = 12, at: datetime = NOON) -> GenerationFeatures:
        """A piece with features that arrived at a moment."""
        contents = self.contents(name, segments)
        rows = np.random.default_rng(len(name)).normal(size=(1, segments, 8)).astype(np.float32)
        committed = b"".join(commitment(self.salt(n, c), c) for n, c in enumerate(contents))
        content, root = write_features(
            rows,
            np.full(segments, 3, np.int32),
            np.frombuffer(committed, np.uint8).reshape(segments, 32),
            Identity(STORE, "c" * 64, {"seed-0-step-000007": "f" * 64}, "0", "today"),
        )
        put(f"features/{name}", content)
        generation = Generation.objects.create(
            platform=self.platform,
            model_version=self.store.model_version,
            external_id=name,
            generated_at=at,
        )
        with mock.patch("django.utils.timezone.now", return_value=at):
            return GenerationFeatures.objects.create(
                generation=generation,
                feature_store=self.store,
                storage_name=f"features/{name}",
                sha256="a" * 64,
                size_bytes=len(content),
                root=root,
                segment_count=segments,
                identity={},
            )

    def contents(self, name: str, segments: int = 12) -> list[bytes]:
        return [f"{name} {number}".encode() for number in range(segments)]

    def salt(self, number: int, content: bytes) -> bytes:
        return salt_of(HOUSE_SECRET, STORE, number, content)

    def openings(self, draw: FeatureDraw) -> list[Opening]:
        """The honest answer."""
        contents = self.contents(draw.features.generation.external_id, draw.features.segment_count)
        return [Opening(n, contents[n], self.salt(n, contents[n])) for n in draw.segments]


def settle_in(platform: Platform) -> House:
    """A house for a platform that has a model and a training set."""
    training_set = TrainingSet.objects.get(model_version__platform=platform)
    store = FeatureStore.objects.create(
        model_version=training_set.model_version,
        training_set=training_set,
        folder="sent",
        origin=FeatureStore.Origin.PLATFORM,
        config={"members": {"seed-0-step-000007": "e" * 64}},
        digest=STORE,
        sealed_at=NOON,
    )
    return House(platform, store)
