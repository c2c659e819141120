"""A platform's own house: a folder with weights, music and a secret, of which we see nothing.

The model is one that nobody trained: its gradients are as good for being sent.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from attribution.adapters.symbolic import vocabulary
from attribution.engine.__main__ import main as engine
from catalog.models import Checkpoint, ModelVersion
from catalog.services.assets import asset_path
from catalog.services.training_sets import register_checkpoint

CAPTURE = {"dimension": 2048, "dtype": "float32", "shard_rows": 64}
CURVATURE_SEGMENTS = 16
RUNS = "attribution.reference.runs"


@dataclass(frozen=True)
class House:
    """What lies in the house."""

    root: Path

    @property
    def store(self) -> Path:
        return self.root / "store"

    def run(self, *arguments: str) -> None:
        assert engine([str(each) for each in arguments]) == 0

    def capture(self) -> None:
        """Capture the training set, as the manifest lists it."""
        config = self.root / "capture.json"
        config.write_text(json.dumps(CAPTURE))
        self.run(
            *("capture", self.store, "--config", config, "--run", f"{RUNS}:training_set"),
            *("--with", f"manifest={self.root / 'training-set.json'}"),
            *("--with", f"files={self.root / 'music'}"),
            *("--with", f"checkpoints={self.root / 'models'}"),
            *("--with", f"curvature_segments={CURVATURE_SEGMENTS}"),
        )

    def pack(self, *options: str) -> Path:
        package = self.root / "store.tar"
        self.run("pack", self.store, "--out", package, *options)
        return package

    def features(self, name: str, midi: bytes) -> Path:
        """The file of features of a piece."""
        self._put(name, midi)
        self.run("features", self.store, *self._pieces(), "--out", self.root / "out")
        return self.root / "out" / f"{name}.safetensors"

    def _put(self, name: str, midi: bytes) -> None:
        folder = self.root / "pieces"
        folder.mkdir(exist_ok=True)
        for other in folder.iterdir():
            other.unlink()
        (folder / f"{name}.mid").write_bytes(midi)

    def _pieces(self) -> Sequence[str]:
        return (
            *("--run", f"{RUNS}:midi_folder", "--with", f"midi={self.root / 'pieces'}"),
            *("--with", f"checkpoints={self.root / 'models'}"),
            *("--secret", str(self.root / "secret")),
        )


def furnish(root: Path, model_version: ModelVersion) -> House:
    """A house with the model's weights and the music of its training set."""
    (root / "music").mkdir(parents=True)
    members = model_version.training_set.members.select_related("track__asset").order_by("position")
    tracks = []
    for member in members:
        (root / "music" / f"{member.position}.mid").write_bytes(
            asset_path(member.track.asset).read_bytes()
        )
        tracks.append({"ref": member.track.ref, "role": member.role, "sha256": member.asset_sha256})
    manifest = {"sha256": model_version.training_set.digest, "tracks": tracks}
    (root / "training-set.json").write_text(json.dumps(manifest))
    return House(root)


def make_weights(folder: Path, seed: int) -> Path:
    """Weights that nobody trained, with their record; returns the file."""
    from attribution.reference.checkpoints import CheckpointRecord, weights, write
    from attribution.reference.model import ModelConfig, MusicTransformer

    model = MusicTransformer(ModelConfig(len(vocabulary()), 64, 16, 1, 2, 32), seed=seed)
    content = weights(model)
    folder.mkdir(parents=True)
    sha256 = hashlib.sha256(content).hexdigest()
    record = CheckpointRecord("a run", asdict(model.config), {}, "a corpus", 7, 7, 0, sha256)
    return write(folder, content, record).path


def register(model_version: ModelVersion, root: Path, seed: int) -> Checkpoint:
    """The same weights as `make_weights`, known to us."""
    path = make_weights(root / f"seed-{seed}", seed)
    return register_checkpoint(
        model_version=model_version,
        member=f"seed-{seed}",
        step=7,
        metrics={},
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        path=str(path.relative_to(root)),
    )
