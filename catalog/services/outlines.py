"""Drawing recordings once: the outline and the spectrogram that pages show.

An outline is a pure function of its file, so drawing it twice leaves the same bytes under the same
name. Files are decoded in a confined child of a worker; a web request only reads what is there.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from catalog.media import MIDI, Outline, Prober, UnreadableMedia
from catalog.media.kinds import KINDS
from catalog.models import Asset
from catalog.services.assets import asset_path
from common.database import tenancy
from common.hashing import canonical_json
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import JobError, Progress
from common.storage import put

KIND = "catalog.draw_outline"
RETRY_AFTER = timedelta(minutes=1)


class OutlineMissing(LookupError):
    """The recording was not drawn, or what was drawn is damaged."""


def is_recording(asset: Asset | None) -> bool:
    """Whether there is a file, and it is no score."""
    return asset is not None and asset.media_type != MIDI.media_type


def read_outline(asset: Asset) -> Outline:
    """What was drawn of a recording. Raises OutlineMissing."""
    try:
        with default_storage.open(_name(asset)) as stored:
            return Outline.from_answer(json.loads(stored.read()))
    except FileNotFoundError:
        raise OutlineMissing(f"{asset} was not drawn yet.") from None
    except (KeyError, TypeError, ValueError) as error:
        raise OutlineMissing(f"The outline of {asset} is damaged ({error}).") from error


def request_outline(asset: Asset, *, as_of: datetime) -> Job:
    """Ask for an outline that is missing: one job a tenant and file, done anew a minute after it
    ended."""
    asked = Job.objects.filter(kind=KIND, tenant=tenancy.current(), key=asset.sha256)
    with transaction.atomic():
        known = asked.select_for_update().first()
        if known is not None and known.is_finished:
            if known.finished_at is not None and as_of - known.finished_at < RETRY_AFTER:
                return known
            asked.update(status=Job.Status.FAILED)  # only a failed job is done anew
        return enqueue(KIND, {"asset": asset.pk}, key=asset.sha256)


def draw_outline(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Draw one recording, unless it is there whole. Raises JobError where it cannot be decoded."""
    asset = Asset.objects.get(pk=payload["asset"])
    try:
        read_outline(asset)
    except OutlineMissing:
        put(_name(asset), canonical_json(_drawn(asset).as_answer()))
    progress(1, 1, "drawing the recording")
    return {}


def _drawn(asset: Asset) -> Outline:
    kind = next((each for each in KINDS if each.media_type == asset.media_type), None)
    if kind is None or not is_recording(asset):
        raise JobError(f"A file of the type {asset.media_type} is no recording to draw.")
    try:
        with Prober() as prober:
            return prober.picture(asset_path(asset).read_bytes(), kind)
    except (UnreadableMedia, FileNotFoundError) as error:
        raise JobError(str(error)) from error


def _name(asset: Asset) -> str:
    return f"outlines/{asset.sha256[:2]}/{asset.sha256}.json"
