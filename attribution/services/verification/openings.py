"""Answers to challenges, as they lie in the storage: content and salt of each drawn segment."""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence

from django.core.files.storage import default_storage

from attribution.exchange import Opening
from attribution.models import FeatureDraw
from common.hashing import canonical_json, sha256_bytes
from common.jobs.registry import JobError
from common.storage import put


def opening_bytes(openings: Sequence[Opening]) -> bytes:
    """An answer as it is stored: the same bytes for the same answer."""
    return canonical_json(
        [
            {
                "number": each.number,
                "content": b64encode(each.content).decode(),
                "salt": b64encode(each.salt).decode(),
            }
            for each in openings
        ]
    )


def keep_openings(draw: FeatureDraw, openings: Sequence[Opening]) -> str:
    """Store an answer; returns its name."""
    content = opening_bytes(openings)
    name = f"openings/{draw.pk}-{sha256_bytes(content)[:16]}.json"
    put(name, content)
    return name


def read_openings(draw: FeatureDraw) -> list[Opening]:
    """The stored answer to a challenge.

    Raises:
        JobError: it is not what was answered.
    """
    try:
        with default_storage.open(draw.opening.storage_name) as stored:
            content = stored.read()
    except FileNotFoundError as error:
        raise JobError(f"The answer to {draw} is missing; restore the storage.") from error
    if sha256_bytes(content) != draw.opening.sha256:
        raise JobError(f"The answer to {draw} was changed; restore the storage.")
    return [
        Opening(each["number"], b64decode(each["content"]), b64decode(each["salt"]))
        for each in json.loads(content)
    ]
