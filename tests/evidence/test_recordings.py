"""Recordings are drawn once, in a confined child of a worker, and played in parts."""

import io
import zlib
from dataclasses import dataclass

import numpy as np
import pytest
import soundfile
from django.core.files.storage import default_storage

from attribution.models import Attribution, AttributionRun, Generation
from attribution.selectors.where import Where, where_bytes, where_name
from catalog.media import Outline, Prober, UnreadableMedia
from catalog.media.decoder import BANDS, MOST_COLUMNS
from catalog.media.kinds import FLAC, WAV
from catalog.models import Asset, Checkpoint, Track
from catalog.services.outlines import KIND, OutlineMissing, draw_outline, read_outline
from common.database import tenancy
from common.hashing import sha256_bytes
from common.jobs.models import Job
from common.jobs.registry import JobError, ignore_progress
from common.storage import put
from tests.evidence.conftest import Month

RATE = 22_050
SECONDS = 2.0


def tone(hz: float, *, kind: str = "FLAC", channels: int = 1, seconds: float = SECONDS) -> bytes:
    """Half of it silence, half of it a tone of half the full scale."""
    at = np.arange(round(seconds * RATE)) / RATE
    samples = 0.5 * np.sin(2 * np.pi * hz * at) * (at >= seconds / 2)
    output = io.BytesIO()
    soundfile.write(output, np.tile(samples[:, None], channels), RATE, format=kind)
    return output.getvalue()


def asset_of(content: bytes, media_type: str = "audio/flac", seconds: float = SECONDS) -> Asset:
    name = f"assets/{sha256_bytes(content)}.flac"
    put(name, content)
    return Asset.objects.create(
        sha256=sha256_bytes(content),
        storage_name=name,
        media_type=media_type,
        size_bytes=len(content),
        seconds=seconds,
    )


@dataclass(frozen=True)
class Sounding:
    """The month with a recording on each side."""

    month: Month
    piece: Asset
    track: Asset

    def address(self, side: str, what: str = "file/") -> str:
        return f"{self.month.url}{side}/{what}"


@pytest.fixture
def sounding(month) -> Sounding:
    piece, track = asset_of(tone(440)), asset_of(tone(880))
    generation, song = month.world.generations["G3"], month.world.tracks["T3"]
    type(generation).objects.filter(pk=generation.pk).update(asset=piece)
    type(song).objects.filter(pk=song.pk).update(asset=track)
    return Sounding(month, piece, track)


def strongest_bands(outline: Outline) -> set[int]:
    columns = [outline.mel[at : at + BANDS] for at in range(0, len(outline.mel), BANDS)]
    return {column.index(max(column)) for column in columns if max(column)}


def test_an_outline_shows_where_it_is_loud_and_how_high():
    with Prober() as prober:
        low, high = (prober.picture(tone(hz), FLAC) for hz in (440, 1760))
    n_columns = len(low.low)
    assert not any(low.high[: n_columns // 2 - 1])
    assert all(49 <= peak <= 51 for peak in low.high[n_columns // 2 + 1 : -1])
    assert all(-51 <= peak <= -49 for peak in low.low[n_columns // 2 + 1 : -1])
    assert max(strongest_bands(low)) < min(strongest_bands(high))


def test_a_long_recording_of_many_channels_has_no_more_columns():
    content = tone(100, kind="WAV", channels=8, seconds=70)
    with Prober() as prober:
        assert MOST_COLUMNS // 2 < len(prober.picture(content, WAV).low) <= MOST_COLUMNS


@pytest.mark.parametrize("content", [b"fLaC", tone(440)[:600], b"RIFF" + bytes(400)])
def test_what_is_no_recording_is_refused(content):
    with Prober() as prober, pytest.raises(UnreadableMedia, match="cannot be read as FLAC"):
        prober.picture(content, FLAC)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"low": [], "high": [], "mel": ""},
        {"low": [0], "high": [0], "mel": "AAAA"},
        {"low": [0], "high": [101], "mel": "A" * 88},
        {"low": ["<"], "high": ["<"], "mel": "A" * 88},
        {"low": [0] * 2000, "high": [0] * 2000, "mel": "A" * 88},
    ],
)
def test_the_childs_word_is_checked(answer):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Outline.from_answer(answer)


def test_the_spectrogram_is_a_png_with_low_pitches_below():
    mel = bytes([255] + [0] * (BANDS - 1))
    png = Outline((0,), (0,), mel).spectrogram_png()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    rows = zlib.decompress(png[png.index(b"IDAT") + 4 :])
    assert [row[1] for row in zip(*[iter(rows)] * 2, strict=True)] == [0] * (BANDS - 1) + [255]


def test_a_line_leads_to_both_recordings(sounding):
    page = sounding.month.ida.get(sounding.month.url).content.decode()
    assert "is being drawn" in page
    assert "<sound-picture" not in page
    jobs = Job.objects.filter(kind=KIND)
    assert {job.payload["asset"] for job in jobs} == {sounding.piece.pk, sounding.track.pk}
    for job in jobs:
        draw_outline(job.payload, ignore_progress)
    page = sounding.month.ida.get(sounding.month.url).content.decode()
    assert page.count("<sound-picture") == page.count("<audio") == 2
    assert "-6.0 dB" in page
    assert "it is not known at which seconds a segment lies" in page
    assert "It does not say that the song was copied" in page
    assert " style=" not in page
    png = sounding.month.ida.get(sounding.address("b", "spectrogram.png"))
    assert (png.status_code, png["Content-Type"]) == (200, "image/png")


def test_looking_again_asks_for_nothing_more_and_drawing_twice_is_drawing_once(sounding):
    for _ in range(3):
        sounding.month.ida.get(sounding.month.url)
    assert Job.objects.filter(kind=KIND).count() == 2
    with pytest.raises(OutlineMissing):
        read_outline(sounding.piece)
    for _ in range(2):
        draw_outline({"asset": sounding.piece.pk}, ignore_progress)
    name = f"outlines/{sounding.piece.sha256[:2]}/{sounding.piece.sha256}.json"
    default_storage.delete(name)
    put(name, b'{"low": [0]')
    with pytest.raises(OutlineMissing, match="damaged"):
        read_outline(sounding.piece)
    draw_outline({"asset": sounding.piece.pk}, ignore_progress)
    assert read_outline(sounding.piece).low


def test_a_recording_that_cannot_be_decoded_says_so_and_can_still_be_fetched(sounding):
    put(sounding.track.storage_name, b"fLaC and no more")
    sounding.month.ida.get(sounding.month.url)
    with pytest.raises(JobError, match="cannot be read as FLAC") as refused:
        draw_outline({"asset": sounding.track.pk}, ignore_progress)
    jobs = Job.objects.filter(kind=KIND, payload__asset=sounding.track.pk)
    jobs.update(status="failed", error=str(refused.value), finished_at="2999-01-01T00:00Z")
    page = sounding.month.ida.get(sounding.month.url).content.decode()
    assert "could not be drawn" in page
    assert sounding.address("b") in page


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-9", 206, 0, 9),
        ("bytes=5-", 206, 5, -1),
        ("bytes=-7", 206, -7, -1),
        ("bytes=3-999999999", 206, 3, -1),
        ("bytes=-999999999", 206, 0, -1),
        ("bytes=-", 200, 0, -1),
        ("bytes=0-1,3-4", 200, 0, -1),
        ("lines=1-2", 200, 0, -1),
        ("bytes=" + "9" * 400 + "-", 200, 0, -1),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(sounding, asked, status, first, last):
    content = default_storage.open(sounding.track.storage_name).read()
    response = sounding.month.ida.get(sounding.address("b"), HTTP_RANGE=asked)
    begin, end = first % len(content), last % len(content)
    assert response.status_code == status
    assert b"".join(response.streaming_content) == content[begin : end + 1]
    if status == 206:
        assert response["Content-Range"] == f"bytes {begin}-{end}/{len(content)}"
        assert int(response["Content-Length"]) == end - begin + 1


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused_with_the_files_length(sounding, asked):
    response = sounding.month.ida.get(sounding.address("b"), HTTP_RANGE=asked)
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{sounding.track.size_bytes}"


def test_nobody_else_hears_a_recording(sounding, client):
    for what in ("file/", "spectrogram.png"):
        assert sounding.month.otto.get(sounding.address("b", what)).status_code == 404
        assert client.get(sounding.address("b", what)).status_code == 302
        assert sounding.month.ida.get(sounding.address("c", what)).status_code == 404
    assert sounding.month.ida.post(sounding.address("b")).status_code == 405


def test_notes_and_lines_without_evidence_have_no_recording(sounding):
    month = sounding.month
    Asset.objects.filter(pk=sounding.track.pk).update(media_type="audio/midi")
    assert month.ida.get(sounding.address("b")).status_code == 404
    Attribution.objects.filter(generation__external_id="G3").update(evidence=[])
    assert month.ida.get(sounding.address("a")).status_code == 404


@pytest.mark.parametrize(
    ("side", "said"),
    [("piece", "The generated piece is here as a score"), ("track", "The training track is here")],
)
def test_a_score_beside_a_recording_is_called_a_score(sounding, side, said):
    asset = getattr(sounding, side)
    Asset.objects.filter(pk=asset.pk).update(media_type="audio/midi")
    page = sounding.month.ida.get(sounding.month.url).content.decode()
    assert said in page
    assert "kept it in its house" not in page
    assert page.count("<audio") == 1


def test_a_piece_that_was_kept_in_its_house_is_said_to_be_there(sounding):
    generation = sounding.month.world.generations["G3"]
    type(generation).objects.filter(pk=generation.pk).update(asset=None)
    page = sounding.month.ida.get(sounding.month.url).content.decode()
    assert "kept it in its house" in page
    assert "as a score (MIDI)" not in page


def test_silence_is_drawn_dark():
    with Prober() as prober:
        assert not any(prober.picture(tone(0), FLAC).mel)


def test_what_was_measured_of_a_recording_is_said_beside_it(sounding):
    for asset, hz in ((sounding.piece, 440), (sounding.track, 880)):
        with Prober() as prober:
            asset.measured = prober.measures(tone(hz), FLAC).as_answer()
        asset.save()
    page = sounding.month.ida.get(sounding.month.url).content.decode()
    assert page.count("<summary>What was measured</summary>") == 2
    assert page.count("-6.0 dBTP") == 2
    assert "1.0 s, 0.0 s, 1.0 s" in page
    assert "0 places, 0 samples" in page
    assert "silent: nowhere" not in page


def test_a_silent_recording_is_said_to_be_one(sounding):
    with Prober() as prober:
        sounding.piece.measured = prober.measures(tone(0), FLAC).as_answer()
    sounding.piece.save()
    page = sounding.month.ida.get(sounding.month.url).content.decode()
    assert "The generated piece is silent: nowhere does it pass −60 dB of full scale." in page
    assert "too short or too quiet to say" in page
    assert "dBTP" not in page


def located(sounding: Sounding) -> str:
    """The page's line after a worker has found its seconds; what it found is written by hand."""
    run, piece, track = evidence_behind(sounding)
    together = np.zeros((4, 6), np.float32)
    together[2, 3:5] = 0.9, 0.8
    together[0, 0] = 0.1
    found = Where(
        np.array([[0.5 * at, 0.5 * at + 0.5] for at in range(4)], np.float32),
        np.array([[0.5 * at, 0.5 * at + 0.5] for at in range(6)], np.float32),
        np.array([1, 1, 6, 2], np.float32),
        np.array([-1, 1, 2, 6, 1, 1], np.float32),
        together,
    )
    put(where_name(run, piece, track), where_bytes(found))
    return sounding.month.ida.get(sounding.month.url).content.decode()


def evidence_behind(sounding: Sounding) -> tuple[AttributionRun, Generation, Track]:
    """The run, the piece and the track of the line, with a checkpoint registered behind them."""
    world = sounding.month.world
    row = Attribution.objects.get(generation=world.generations["G3"])
    store = row.run.feature_store
    Checkpoint.objects.create(
        model_version=store.model_version,
        member="seed-0",
        step=1,
        sha256="c" * 64,
        path="nowhere.safetensors",
        architecture="sound-codes",
    )
    store.config |= {"members": {"seed-0-step-000001": "c" * 64}}
    type(store).objects.filter(pk=store.pk).update(config=store.config)
    return row.run, world.generations["G3"], world.tracks["T3"]


def test_seconds_are_asked_for_once_and_by_the_system(sounding):
    evidence_behind(sounding)
    for _ in range(2):
        page = sounding.month.ida.get(sounding.month.url).content.decode()
        assert "are being looked for" in page
    job = Job.objects.get(kind="attribution.locate")
    assert job.tenant == tenancy.SYSTEM, "it reads tracks that the reader of the line may not see"


def test_without_the_models_weights_nothing_is_looked_for(sounding):
    page = sounding.month.ida.get(sounding.month.url).content.decode()
    assert "are being looked for" not in page
    assert not Job.objects.filter(kind="attribution.locate").exists()


def test_seconds_that_belong_together_are_told_and_stand_in_tables(sounding):
    page = located(sounding)
    assert "The model ties 0:01.0 to 0:01.5 of the piece most to 0:01.5 to 0:02.5" in page
    assert "It does not say that anything was copied" in page
    assert page.count('<th scope="col" class="number">Alike, of the strongest</th>') == 2
    assert "60.0\xa0%" in page, "six of ten of what the track did to the piece"
    assert "it is not known at which seconds" not in page
    assert " style=" not in page


def test_what_is_damaged_is_looked_for_anew(sounding):
    located(sounding)
    run, piece, track = (
        Attribution.objects.get(generation=sounding.month.world.generations["G3"]).run,
        sounding.month.world.generations["G3"],
        sounding.month.world.tracks["T3"],
    )
    put(where_name(run, piece, track), b'{"together": [[1, 2], [3]]}')
    page = sounding.month.ida.get(sounding.month.url).content.decode()
    assert "are being looked for" in page
