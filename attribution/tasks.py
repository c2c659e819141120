"""Which function does which job of attribution."""

from attribution.services import (
    attributing,
    features,
    generations,
    reference_model,
    similarity,
)
from common.jobs.registry import handler

handler("attribution.train_reference")(reference_model.train_member)
handler("attribution.score_baseline")(reference_model.score_baseline)
handler("attribution.sample_reference")(generations.sample_pieces)
handler("attribution.capture")(features.capture_member)
handler("attribution.attribute")(attributing.attribute_generations)
handler("attribution.compare_similarity")(similarity.compare_similarity)
