"""What a platform's house and we exchange about pieces that stay there: features, commitments.

Pure numpy and hashing: neither torch nor Django, so that a command line in the platform's house
and a web process of ours read the same file by the same code. docs/api/features-from-your-gpus.md
specifies all of it to the byte.
"""

from attribution.exchange.commitments import Opening, opens, root_of, salt_of
from attribution.exchange.features_file import (
    FeaturesFile,
    FeaturesRefused,
    Identity,
    read_features,
    write_features,
)

__all__ = [
    "FeaturesFile",
    "FeaturesRefused",
    "Identity",
    "Opening",
    "opens",
    "read_features",
    "root_of",
    "salt_of",
    "write_features",
]
