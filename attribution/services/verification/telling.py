"""What platforms are told of verification, in the transaction in which it happens."""

from typing import Any

from accounts.webhooks.services.emitting import address_of, emit
from attribution.models import FeatureDraw, GenerationFeatures


def tell_challenge(draw: FeatureDraw) -> None:
    """Tell that segments of a piece are to be opened."""
    assert draw.due_at is not None
    _tell(
        draw.features,
        "challenge.created",
        challenge=str(draw.pk),
        due_at=draw.due_at.isoformat(),
        url=address_of("challenge", pk=draw.pk),
    )


def tell_refuted(features: GenerationFeatures, sentence: str) -> None:
    """Tell that features are not the piece's, and why."""
    url = address_of("verification", pk=features.generation_id)
    _tell(features, "features.refuted", reason=sentence, url=url)


def _tell(features: GenerationFeatures, event_type: str, **more: Any) -> None:
    piece = features.generation
    about = {"generation": str(piece.pk), "external_id": piece.external_id}
    emit(piece.platform.organisation_id, event_type, {**about, **more})
