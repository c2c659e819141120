"""`python -m benchmarks.audio robustness`: does a piece that was re-encoded, shifted or cut still
come from the same tracks?

The model, the tracks and the controls are those of `benchmarks.fidelity sound --kind codes`. Pieces
are excerpts of tracks, whose source is known, and what the model itself plays. Each is attributed
as it is and after each distortion. Beside it stands Chromaprint, which knows near-copies of
recordings and nothing of models: corroboration where both agree, and never a payment.
"""

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from attribution import engine
from attribution.audio.codec import CodecConfig
from attribution.audio.corpus import SoundCorpus
from attribution.audio.generating import play
from attribution.audio.loading import torchaudio
from attribution.audio.reading import read_mono
from attribution.audio.tasks import task_of
from attribution.reference.training import one_thread
from benchmarks.catalogue import _recodings as recodings
from benchmarks.fidelity.sound_world import CODEC, CODES, TRAINING, SoundWorld, full_model
from catalog.duplicates.sound import fingerprint as fingerprint_of
from catalog.duplicates.sound import is_available, match

Samples = NDArray[np.float32]
WORK = Path(__file__).parents[2] / "var" / "fidelity" / "sound"
N_EXCERPTS, N_PLAYED = 12, 12
EPOCHS = 30  # a model that knows its tracks by heart has no gradient left on copies of them
SONG_SECONDS, SECONDS = 14.0, 10.0
STRETCH_WINDOW, STRETCH_HOP = 1024, 256
CONFIG = engine.CaptureConfig(dimension=16_384)


def _flac(change: Callable[[torch.Tensor, int], torch.Tensor]) -> recodings.Recoding:
    """A change of samples, written without loss."""

    def recode(samples: Samples, rate: int, random: np.random.Generator) -> bytes:
        changed = change(torch.from_numpy(samples), rate).numpy()
        return recodings.as_flac(np.asarray(changed, np.float32), rate, random)

    return recode


def _pitched(semitones: int) -> recodings.Recoding:
    return _flac(lambda x, rate: torchaudio().functional.pitch_shift(x, rate, semitones))


def _stretched(speed: float) -> recodings.Recoding:
    """Faster or slower at the same pitch, by a phase vocoder."""

    def stretch(samples: torch.Tensor, rate: int) -> torch.Tensor:
        window = torch.hann_window(STRETCH_WINDOW)
        spectrum = torch.stft(
            samples, STRETCH_WINDOW, STRETCH_HOP, window=window, return_complex=True
        )
        advance = torch.linspace(0, np.pi * STRETCH_HOP, STRETCH_WINDOW // 2 + 1)[:, None]
        slower = torchaudio().functional.phase_vocoder(spectrum, speed, advance)
        return torch.istft(slower, STRETCH_WINDOW, STRETCH_HOP, window=window)

    return _flac(stretch)


def _cut_second(samples: Samples, rate: int, random: np.random.Generator) -> bytes:
    """Without its first second, which moves every step of the codec by a part of a step."""
    return recodings.as_flac(samples[rate:], rate, random)


DISTORTIONS: dict[str, recodings.Recoding] = {
    "none (again)": recodings.as_flac,
    "MP3": recodings.as_mp3,
    "12 dB quieter": recodings.quieter,
    "noise 30 dB below": recodings.noisy,
    "1 s cut off": _cut_second,
    "5 s cut off": recodings.cut,
    "3 % faster": _stretched(1.03),
    "3 % slower": _stretched(1 / 1.03),
    "1 semitone up": _pitched(1),
    "1 semitone down": _pitched(-1),
}


@dataclass(frozen=True)
class Attributed:
    """Shares and standard scores of all pieces under one distortion."""

    shares: NDArray[np.float64]  # (n_pieces, n_tracks + 1), the last one to nobody
    z: NDArray[np.float32]  # (n_pieces, n_tracks)


class Bench:
    """The world, its store, and the pieces."""

    def __init__(self) -> None:
        self.world = SoundWorld(
            CODES,
            seconds=SONG_SECONDS,
            codec=CodecConfig(replace(CODEC.spectrum, quietest=1e-2), 2, 24, 3, 128),
            training=replace(TRAINING, epochs=EPOCHS),
        )
        self.model = full_model(self.world, WORK)
        self.rate = self.world.codec.spectrum.samples_per_second
        self.known = SoundCorpus.of([*self.world.tracks, *self._controls()], self.world.window)
        n_tracks = len(self.world.tracks)
        n_controls = int(self.known.table.track_index.max()) + 1 - n_tracks
        self.roles = np.array(
            [engine.Role.TRAINED] * n_tracks
            + [engine.Role.CALIBRATION] * (n_controls // 2)
            + [engine.Role.TEST] * (n_controls - n_controls // 2)
        )
        task = task_of(self.model, self.known.segment)
        sample = np.flatnonzero(self.known.table.track_index < n_tracks)
        curvature = engine.estimate_curvature(self.model, task, sample, CONFIG)
        self.featuriser = engine.Featuriser(self.model, task, CONFIG, curvature)
        self.rows = self.featuriser.features(range(len(self.known.table)))
        self.pieces, self.sources = self._pieces()

    def _controls(self) -> list[torch.Tensor]:
        return [self.world.read(sound) for sound in self.world.sounds_of(control=True)]

    def _pieces(self) -> tuple[list[Samples], list[int]]:
        """Excerpts from spread tracks, then what the model plays (source −1)."""
        sounds = self.world.sounds_of(control=False)
        chosen = np.linspace(0, len(sounds) - 1, N_EXCERPTS).astype(int)
        length = int(SECONDS * self.rate)
        excerpts = [sounds[place][-length:].numpy() for place in chosen]
        played = [each.numpy() for each in play(self.model, N_PLAYED, SECONDS, seed=11)]
        return excerpts + played, [*chosen.tolist(), *[-1] * N_PLAYED]

    def attributed(self, sounds: Sequence[torch.Tensor]) -> Attributed:
        """Every piece as the engine pays it."""
        steps = [self.world.read(sound) for sound in sounds]
        cut = SoundCorpus.of(steps, self.world.window)
        asked = self.featuriser.with_task(task_of(self.model, cut.segment))
        scores = asked.features(range(len(cut.table))) @ self.rows.T
        norms = np.sqrt((self.rows.astype(np.float64) ** 2).sum(1))
        by_track = np.sqrt(np.bincount(self.known.table.track_index, norms**2))
        result = engine.attribute(
            scores[None].astype(np.float32),
            cut.table.track_index,
            self.known.table.track_index,
            self.roles,
            track_norms=by_track[None].astype(np.float32),
        )
        trained = self.roles == engine.Role.TRAINED
        shares = np.zeros((len(sounds), int(trained.sum()) + 1))
        for row, item in enumerate(result.generations):
            for share in item.shares:
                shares[row, share.track] = share.share_ppb / engine.PPB
            shares[row, -1] = item.unattributed_ppb / engine.PPB
        return Attributed(shares, np.asarray(result.z[:, trained], np.float32))


def report(console: Console) -> None:
    """Print the table."""
    with one_thread():
        bench = Bench()
        plain = bench.attributed([torch.from_numpy(each) for each in bench.pieces])
        table = Table(box=None, pad_edge=False)
        for heading in (
            "distortion",
            "share overlap: excerpts",
            "played",
            "z correlation: excerpts",
            "played",
            "source first",
            "Chromaprint finds excerpts",
        ):
            table.add_column(heading, justify="left" if heading == "distortion" else "right")
        for name, recode in DISTORTIONS.items():
            table.add_row(name, *_row(bench, plain, recode))
    console.print(
        f"{N_EXCERPTS} excerpts of trained tracks and {N_PLAYED} pieces of the model, "
        f"{SECONDS:g} s each; {int((bench.roles == engine.Role.TRAINED).sum())} tracks. "
        "Medians; an overlap of 1 pays everybody the same."
    )
    console.print(table)
    if not is_available():
        console.print(
            "Chromaprint is not installed: install libchromaprint1 and the extra “sound”."
        )


def _row(bench: Bench, plain: Attributed, recode: recodings.Recoding) -> list[str]:
    random = np.random.default_rng(0)
    files = [recode(piece, bench.rate, random) for piece in bench.pieces]
    heard = [torch.from_numpy(read_mono(io.BytesIO(each), bench.rate)) for each in files]
    found = bench.attributed(heard)
    overlap = np.minimum(found.shares, plain.shares).sum(1)
    alike = np.array([np.corrcoef(a, b)[0, 1] for a, b in zip(found.z, plain.z, strict=True)])
    excerpts = np.arange(len(files)) < N_EXCERPTS
    first = found.z.argmax(1) == np.array(bench.sources)
    return [
        f"{np.median(overlap[excerpts]):.2f}",
        f"{np.median(overlap[~excerpts]):.2f}",
        f"{np.median(alike[excerpts]):.2f}",
        f"{np.median(alike[~excerpts]):.2f}",
        f"{int(first[excerpts].sum())} of {N_EXCERPTS}",
        _fingerprinted(bench, files[:N_EXCERPTS]) if is_available() else "-",
    ]


def _fingerprinted(bench: Bench, files: Sequence[bytes]) -> str:
    """How many excerpts Chromaprint lays over their source better than over any other track."""
    sounds = bench.world.sounds_of(control=False)
    with tempfile.TemporaryDirectory() as folder:
        random = np.random.default_rng(0)
        plain = (recodings.as_flac(each.numpy(), bench.rate, random) for each in sounds)
        known = [_printed(Path(folder), content) for content in plain]
        found = 0
        for source, content in zip(bench.sources, files, strict=False):
            asked = _printed(Path(folder), content)
            scores = [_score(asked, each) for each in known]
            found += bool(scores[source] > 0 and int(np.argmax(scores)) == source)
    return f"{found} of {len(files)}"


def _printed(folder: Path, content: bytes) -> Any:
    path = folder / "sound"
    path.write_bytes(content)
    return fingerprint_of(path)


def _score(one: Any, other: Any) -> float:
    found = match(one, other)
    return 0.0 if found is None else found.score
