"""Recordings on a page: the outline and the spectrogram that a worker drew, and the file to play.

Nothing is decoded here. What is not drawn yet is asked for, and the page says so.
"""

import math
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.utils import timezone

from catalog.media import Outline
from catalog.media.decoder import BANDS, HIGHEST_HZ, LOWEST_HZ, QUIETEST_DB
from catalog.models import Asset
from catalog.services.outlines import OutlineMissing, read_outline, request_outline
from common.jobs.models import Job
from portal.evidence.drawing import Mark, clock, seconds_between

MOST_POINTS = 500
HALF_PX = 48  # of the outline, from its middle line
TABLE_ROWS = 12
DRAWN_ONCE = "private, max-age=86400, immutable"


@dataclass(frozen=True)
class Loudness:
    """What a row of the picture's table says."""

    at_text: str
    loudest_db: float  # relative to full scale; QUIETEST_DB stands for silence
    strongest_hz: int  # the middle of the band with most sound in it


@dataclass(frozen=True)
class SoundPicture:
    """A recording as it is drawn."""

    ends_ms: int
    path: str  # as wide as n_points, HALF_PX up and down
    n_points: int
    seconds: tuple[Mark, ...]
    rows: tuple[Loudness, ...]

    @property
    def span_text(self) -> str:
        return f"{clock(0)} – {clock(self.ends_ms)}"


@dataclass(frozen=True)
class Recording:
    """A recording and its picture, or why there is none yet."""

    asset: Asset
    picture: SoundPicture | None
    job: Job | None  # that draws it, where it is not drawn

    @property
    def failed(self) -> Job | None:
        job = self.job
        return job if job is not None and job.status == Job.Status.FAILED else None


def recording_of(asset: Asset) -> Recording:
    """The picture of a recording; where there is none a worker is asked to draw it."""
    try:
        outline = read_outline(asset)
    except OutlineMissing:
        return Recording(asset, None, request_outline(asset, as_of=timezone.now()))
    return Recording(asset, _picture(outline, asset.seconds), None)


def spectrogram(asset: Asset) -> HttpResponse:
    """The spectrogram as a PNG. Raises Http404 where the recording was not drawn."""
    try:
        outline = read_outline(asset)
    except OutlineMissing as error:
        raise Http404(str(error)) from error
    png = outline.spectrogram_png()
    return HttpResponse(png, content_type="image/png", headers={"Cache-Control": DRAWN_ONCE})


def _picture(outline: Outline, seconds: float) -> SoundPicture:
    ends_ms = max(round(seconds * 1000), 1)
    step = math.ceil(len(outline.low) / MOST_POINTS)
    starts = range(0, len(outline.low), step)
    return SoundPicture(
        ends_ms=ends_ms,
        path=_path(outline, step),
        n_points=len(starts),
        seconds=seconds_between(0, ends_ms),
        rows=tuple(_rows(outline, ends_ms)),
    )


def _path(outline: Outline, step: int) -> str:
    """One closed shape: the highest of each point to the right, the lowest back."""
    starts = range(0, len(outline.low), step)
    tops = [HALF_PX - max(outline.high[at : at + step]) * HALF_PX // 100 for at in starts]
    bottoms = [HALF_PX - min(outline.low[at : at + step]) * HALF_PX // 100 + 1 for at in starts]
    there = "".join(f"L{x} {y}H{x + 1}" for x, y in enumerate(tops))
    back = "".join(f"L{x + 1} {y}H{x}" for x, y in reversed([*enumerate(bottoms)]))
    return f"M0 {HALF_PX}{there}{back}z"


def _rows(outline: Outline, ends_ms: int) -> list[Loudness]:
    n_columns = len(outline.low)
    edges = sorted({n_columns * row // TABLE_ROWS for row in range(TABLE_ROWS)})
    return [
        _loudness(outline, begin, end, ends_ms * begin // n_columns)
        for begin, end in zip(edges, [*edges[1:], n_columns], strict=True)
    ]


def _loudness(outline: Outline, begin: int, end: int, at_ms: int) -> Loudness:
    peak = max(*outline.high[begin:end], -min(outline.low[begin:end])) / 100
    loudest_db = 20 * math.log10(peak) if peak else QUIETEST_DB
    columns = [outline.mel[at * BANDS : (at + 1) * BANDS] for at in range(begin, end)]
    strongest = max(range(BANDS), key=lambda band: sum(column[band] for column in columns))
    return Loudness(clock(at_ms), loudest_db, _band_hz(strongest))


def _band_hz(band: int) -> int:
    """The middle of a band, as the decoder spaces them."""
    low, high = (2595 * math.log10(1 + hz / 700) for hz in (LOWEST_HZ, HIGHEST_HZ))
    mel = low + (high - low) * (band + 1) / (BANDS + 1)
    return round(700 * (10 ** (mel / 2595) - 1))
