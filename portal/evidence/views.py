"""The evidence page. Whoever may not see the statement gets a 404."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRefresh

from attribution.selectors.evidence import Evidence, NoEvidence, Pair
from attribution.selectors.rolls import Roll, RollDamaged, RollMissing, read_roll
from attribution.selectors.verification import label_of
from attribution.services.rolls import request_roll
from catalog.models import Asset
from catalog.services.outlines import is_recording
from common.jobs.models import Job
from portal.access import HolderRequest, for_rights_holders
from portal.evidence.drawing import CONTEXT_MS, clock, draw
from portal.evidence.lines import evidence_for, vetoed_for
from portal.evidence.serving import music_file
from portal.evidence.sound import recording_of, spectrogram
from portal.evidence.together import together
from portal.rights_holder.statements import own_statement
from royalty.selectors.statement_lines import NoLineError, line_at

KEPT_IN_HOUSE = gettext_lazy(
    "The platform kept this piece in its house, or the model that reads it, and sent what was "
    "computed there. Its segments cannot be listened to here."
)
PIECE_KEPT_IN_HOUSE = gettext_lazy(
    "The generated piece is not here as a recording: its platform kept it in its house."
)
PIECE_IS_A_SCORE = gettext_lazy(
    "The generated piece is here as a score (MIDI), and the track as a recording. A score is not "
    "played beside a recording, so only the track can be heard."
)
TRACK_IS_A_SCORE = gettext_lazy(
    "The training track is here as a score (MIDI), and the generated piece as a recording. A score "
    "is not played beside a recording, so only the piece can be heard."
)
TRACK_HAS_NO_FILE = gettext_lazy("The training track is known by its description; no file is here.")


@for_rights_holders
def evidence(request: HolderRequest, pk: int, row: int) -> HttpResponse:
    """The segments behind a line, drawn and ready to be heard.

    `?pair=2` shows the second strongest pair. What is not prepared yet is asked for, and the page
    waits for it.
    """
    statement = own_statement(request, pk)
    context: dict[str, Any] = {"statement": statement, "row": row}
    try:
        line = line_at(statement, row)
        found = evidence_for(statement, line)
    except NoLineError as error:
        raise Http404(str(error)) from error
    except NoEvidence as reason:
        context |= {"reason": str(reason), "vetoed": vetoed_for(statement, line)}
        return render(request, "portal/evidence_none.html", context)
    pair = _chosen(found, request.GET.get("pair", "1"))
    context |= {"evidence": found, "pair": pair, "artist": line.artist}
    context["features"] = label_of(found.generation, found.store)
    recordings = {side: asset for side, asset in _files(found).items() if is_recording(asset)}
    if recordings:
        heard: dict[str, Any] = {
            f"of_{side}": recording_of(asset) for side, asset in recordings.items()
        }
        heard |= {"is_alone": len(recordings) == 1, "unheard": _unheard(found, recordings)}
        heard |= together(found)
        return render(request, "portal/evidence_recordings.html", context | heard)
    if found.generation.asset is None or not found.can_be_heard:
        return render(
            request, "portal/evidence_none.html", context | {"reason": str(KEPT_IN_HOUSE)}
        )
    assets = (found.generation.asset, found.track.file)
    rolls = {asset: _roll(found, asset) for asset in assets}
    missing = [asset for asset, roll in rolls.items() if roll is None]
    if missing:
        return _waiting(request, context, missing)
    if _is_poll(request):  # somebody waited for this
        return HttpResponseClientRefresh()
    return render(request, "portal/evidence.html", context | _drawn(found, pair, rolls))


@for_rights_holders
def evidence_file(request: HolderRequest, pk: int, row: int, side: str) -> HttpResponseBase:
    """The recording that is heard on one side of a line's evidence."""
    return music_file(request, _recording(request, pk, row, side))


@for_rights_holders
def evidence_spectrogram(request: HolderRequest, pk: int, row: int, side: str) -> HttpResponse:
    """The spectrogram of one side of a line's evidence."""
    return spectrogram(_recording(request, pk, row, side))


def _recording(request: HolderRequest, pk: int, row: int, side: str) -> Asset:
    statement = own_statement(request, pk)
    try:
        asset = _files(evidence_for(statement, line_at(statement, row)))[side]
    except (NoLineError, NoEvidence, KeyError) as error:
        raise Http404("There is no such recording.") from error
    if not is_recording(asset):
        raise Http404("This is no recording.")
    return asset


def _files(found: Evidence) -> dict[str, Asset]:
    """The files that are here, by the side on which they are heard."""
    files = {"a": found.generation.asset, "b": found.track.asset}
    return {side: asset for side, asset in files.items() if asset is not None}


def _unheard(found: Evidence, recordings: Mapping[str, Asset]) -> str:
    """Why one of the two is not heard beside the other, a recording; empty if both are."""
    if "a" not in recordings:
        return str(PIECE_KEPT_IN_HOUSE if found.generation.asset is None else PIECE_IS_A_SCORE)
    if "b" not in recordings:
        return str(TRACK_HAS_NO_FILE if found.track.asset is None else TRACK_IS_A_SCORE)
    return ""


def _is_poll(request: HolderRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted


def _chosen(found: Evidence, number: str) -> Pair:
    for pair in found.pairs:
        if str(pair.number) == number:
            return pair
    raise Http404("There is no such pair of segments.")


def _roll(found: Evidence, asset: Asset) -> Roll | None:
    try:
        return read_roll(asset, found.store)
    except (RollMissing, RollDamaged):
        return None


def _waiting(request: HolderRequest, context: dict[str, Any], missing: list[Asset]) -> HttpResponse:
    """The page until a worker has read the music; polled by itself where scripts run."""
    store = context["evidence"].store
    jobs = [request_roll(asset, store, as_of=timezone.now()) for asset in missing]
    failed = next((job for job in jobs if job.status == Job.Status.FAILED), None)
    is_over = all(job.is_finished for job in jobs)
    parts = "portal/evidence_progress.html" if _is_poll(request) else "portal/evidence_waiting.html"
    return render(request, parts, context | {"failed": failed, "is_over": is_over})


def _drawn(found: Evidence, pair: Pair, rolls: Mapping[Asset, Roll | None]) -> dict[str, Any]:
    assert found.generation.asset is not None
    piece, track = rolls[found.generation.asset], rolls[found.track.file]
    assert piece is not None
    assert track is not None
    of_piece, of_track = draw(
        (piece, pair.piece_segment),
        (track, pair.track_segment),
        influence=[
            _strongest((each.piece_segment, each.score) for each in found.pairs),
            _strongest((each.track_segment, each.score) for each in found.pairs),
        ],
    )
    return {
        "rows": [_row(each, piece, track) for each in found.pairs],
        "of_piece": of_piece,
        "of_track": of_track,
        "context_seconds": CONTEXT_MS // 1000,
    }


def _strongest(scores: Iterable[tuple[int, float]]) -> dict[int, float]:
    """The largest influence of each segment in any pair."""
    best: dict[int, float] = {}
    for segment, score in scores:
        best[segment] = max(score, best.get(segment, score))
    return best


def _row(pair: Pair, piece: Roll, track: Roll) -> dict[str, Any]:
    """A pair, with the moments at which its segments begin."""
    return {
        "pair": pair,
        "piece_at": clock(piece.span_ms(pair.piece_segment)[0]),
        "track_at": clock(track.span_ms(pair.track_segment)[0]),
    }
