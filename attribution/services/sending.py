"""Pieces as platforms send them: as a file, as tokens, as an upload, as features, or two of these.

A piece is taken whole or not at all, in the transaction of whoever calls. Its attribution begins by
itself once it has rows: ours, where the model reads its file and we computed the store, or the
platform's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from attribution.models import Generation
from attribution.reference.plain_midi import midi_of
from attribution.services.arrivals import welcome
from attribution.services.generations import register_asset, stored_piece
from attribution.services.reading import readable_architectures
from attribution.services.received_features import receive_features
from catalog.media import MIDI, Prober
from catalog.media.kinds import KINDS
from catalog.models import Asset, ModelVersion
from catalog.models.training import REFERENCE_ARCHITECTURE
from common.uploads.models import Upload
from common.uploads.purposes import Purpose
from common.uploads.refusals import UploadRefused
from common.uploads.services import consume, discard, take

MOST_TOKENS = 8192
MOST_AUDIO_BYTES = max(kind.largest_bytes for kind in KINDS)


class PieceRefused(Exception):
    """A piece that cannot be taken; the message says why. `field` says which part of it."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Piece:
    """What was sent of a piece: at most one of content, tokens and upload, and perhaps features."""

    external_id: str
    model_version: ModelVersion
    generated_at: datetime
    content: bytes | None = None
    tokens: Sequence[int] | None = None
    upload: UUID | None = None  # of a file
    features: UUID | None = None  # upload of its features


def send_piece(
    piece: Piece, *, tenant: str, as_of: datetime, prober: Prober | None = None
) -> tuple[Generation, bool]:
    """Take in a piece; returns it, and whether it is new. The same again is what is already there.

    Args:
        prober: who looks into its file, where many pieces come at once.

    Raises:
        PieceRefused: nothing or too much of it was sent, or its model cannot read it and there
            are no features.
        TokensRefused: its tokens are no piece.
        UnreadableMedia: its file is no music.
        UploadRefused: an upload cannot be used for this.
        FeaturesRefused: its features cannot be its model's.
        GenerationConflict, FeaturesConflict: it is known with other content.
    """
    with transaction.atomic():
        asset = _asset_of(piece, prober, tenant=tenant, as_of=as_of)
        if asset is not None and piece.features is None:
            _refuse_unheard(asset, piece.model_version)
        known = Generation.objects.filter(
            platform=piece.model_version.platform_id, external_id=piece.external_id
        )
        is_new = not known.exists()
        generation = register_asset(
            model_version=piece.model_version,
            external_id=piece.external_id,
            asset=asset,
            generated_at=piece.generated_at,
        )
        if piece.features is not None:
            receive_features(generation, piece.features, tenant=tenant, as_of=as_of)
        welcome(generation)
    return generation, is_new


def _refuse_unheard(asset: Asset, model_version: ModelVersion) -> None:
    """Refuse sound where no registered checkpoint of the version can be one that hears it.

    What another model makes of a file is known when it reads it, in a run.
    """
    hearing = set(readable_architectures()) - {REFERENCE_ARCHITECTURE}
    if asset.media_type == MIDI.media_type:
        return
    if not model_version.checkpoints.filter(architecture__in=hearing).exists():
        raise PieceRefused(
            f"It is {asset.media_type}, and no registered checkpoint of {model_version.ref} reads "
            "sound: register one, or send the piece's features as well "
            "(docs/api/features-from-your-gpus.md).",
            "features",
        )


def _asset_of(piece: Piece, prober: Prober | None, *, tenant: str, as_of: datetime) -> Asset | None:
    """The piece's file; None where it stays in the platform's house."""
    given = [piece.content is not None, piece.tokens is not None, piece.upload is not None]
    if sum(given) > 1:
        raise PieceRefused("Send its file, its tokens or an upload, and not two of them.", "upload")
    if piece.upload is not None:
        return _uploaded(piece.upload, piece.external_id, tenant=tenant, as_of=as_of)
    content = midi_of(piece.tokens) if piece.tokens is not None else piece.content
    if content is not None:
        return stored_piece(content, piece.external_id, prober)
    if piece.features is None:
        raise PieceRefused("Nothing of the piece was sent: send tokens, an upload or features.", "")
    return None


def _uploaded(upload_id: UUID, external_id: str, *, tenant: str, as_of: datetime) -> Asset:
    """The file of an upload; of one that was used before, what it became then."""
    used = Upload.objects.filter(
        tenant=tenant, pk=upload_id, purpose=Purpose.AUDIO, status=Upload.Status.USED
    ).first()
    became = None if used is None else Asset.objects.filter(sha256=used.sha256).first()
    if became is not None:
        return became
    upload = take(upload_id, Purpose.AUDIO, tenant=tenant)
    if upload.size_bytes > MOST_AUDIO_BYTES:
        raise UploadRefused(
            f"A piece has at most {MOST_AUDIO_BYTES:,} bytes, not {upload.size_bytes:,}."
        )
    asset = stored_piece(upload.path.read_bytes(), external_id)
    consume(upload, as_of=as_of)
    discard(upload)
    return asset
