"""What files are sent for, how large they may be, and which scope a key needs to send them."""

from dataclasses import dataclass

from django.db import models

MEBIBYTE, GIBIBYTE = 1 << 20, 1 << 30

# A part is sent again as a whole after a lost connection, so it is neither large nor tiny.
PART_BYTES = 8 * MEBIBYTE
LARGEST_BYTES = 64 * GIBIBYTE
# What an organisation may have here at one time, whether sent or only announced.
MOST_UPLOADS = 100
MOST_BYTES = 128 * GIBIBYTE


class Purpose(models.TextChoices):
    """What an upload can be used for, and for nothing else."""

    CHECKPOINT = "checkpoint", "weights of a model version (safetensors)"
    FEATURE_STORE = "feature_store", "features of a training set, computed by the platform"
    GENERATION_FEATURES = "generation_features", "features of a piece, computed by the platform"
    AUDIO = "audio", "a piece as audio"
    USAGE = "usage", "a file of uses"
    REVENUE = "revenue", "a file of revenue"
    CATALOGUE = "catalogue", "works and tracks, with or without their files"


@dataclass(frozen=True)
class Terms:
    """The largest file of a purpose, and the scope of the keys that may send it."""

    most_bytes: int
    scope: str


TERMS = {
    Purpose.CHECKPOINT: Terms(16 * GIBIBYTE, "models"),
    Purpose.FEATURE_STORE: Terms(LARGEST_BYTES, "models"),
    Purpose.GENERATION_FEATURES: Terms(GIBIBYTE, "ingest"),
    Purpose.AUDIO: Terms(GIBIBYTE, "ingest"),
    Purpose.USAGE: Terms(16 * GIBIBYTE, "ingest"),
    Purpose.REVENUE: Terms(16 * GIBIBYTE, "ingest"),
    Purpose.CATALOGUE: Terms(16 * GIBIBYTE, "catalogue"),
}


def terms_of(purpose: str) -> Terms:
    return TERMS[Purpose(purpose)]
