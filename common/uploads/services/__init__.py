"""Announcing, receiving, sealing, using and clearing away uploads."""

from common.uploads.services.announcing import abandon, announce
from common.uploads.services.expiring import expire
from common.uploads.services.receiving import receive
from common.uploads.services.sealing import seal, verify
from common.uploads.services.using import consume, discard, release, take

__all__ = [
    "abandon",
    "announce",
    "consume",
    "discard",
    "expire",
    "receive",
    "release",
    "seal",
    "take",
    "verify",
]
