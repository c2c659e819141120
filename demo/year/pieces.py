"""What a finished demo found out, carried over into the year's own database.

The demo's process writes the pieces of its run with their shares into a file (`write_pieces`); the
year's process reads it and registers the same pieces upon the same catalogue (`bring_in`).
"""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from attribution.models import Attribution, AttributionRun, FeatureStore
from attribution.services.generations import register_generation
from catalog.models import ModelVersion, Platform, Track, TrainingRole
from catalog.services.assets import asset_path
from catalog.services.training_sets import (
    freeze_training_set,
    register_model_version,
    register_platform,
)
from demo import music
from demo.show import DemoFailed

PLATFORM = "cadenza"
MODEL = "cadenza-lieder"
COLUMNS = ("share_ppb", "low_ppb", "high_ppb", "unattributed_ppb", "has_model_interval")
NO_DEMO = "There is no finished demo to take the attributions from; run `make demo` first."


@dataclass(frozen=True)
class Found:
    """How many pieces were carried over, and by which method their shares were found."""

    pieces: int
    method: str


def write_pieces(path: Path) -> Found:
    """Write what the last finished run of this database says.

    Raises:
        DemoFailed: there is none.
    """
    runs = AttributionRun.objects.filter(
        finished_at__isnull=False, objections=[], feature_store__model_version__name=MODEL
    )
    run = runs.select_related("feature_store__model_version").order_by("-finished_at").first()
    if run is None:
        raise DemoFailed(NO_DEMO)
    refs = dict(Track.objects.values_list("pk", "ref"))
    rows = run.attributions.select_related("generation__asset").order_by("generation__external_id")
    pieces = [_piece(row, refs) for row in rows]
    content = {
        "method": run.method,
        "quality": run.quality,
        "code_version": run.code_version,
        "digest": run.feature_store.digest,
        "version": run.feature_store.model_version.version,
        "roles": _roles(run.feature_store),
        "pieces": pieces,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return Found(len(pieces), run.method)


def _piece(row: Attribution, refs: dict[int, str]) -> dict[str, Any]:
    asset = row.generation.asset
    assert asset is not None  # the demo's pieces are all here
    return {
        "name": row.generation.external_id,
        "midi": b64encode(asset_path(asset).read_bytes()).decode(),
        "tracks": [refs[pk] for pk in row.track_ids],
        **{name: getattr(row, name) for name in COLUMNS},
    }


def _roles(store: FeatureStore) -> dict[str, list[str]]:
    members = store.training_set.members.order_by("position").values_list("role", "track__ref")
    roles: dict[str, list[str]] = {role.value: [] for role in TrainingRole}
    for role, ref in members:
        roles[role].append(ref)
    return roles


def bring_in(path: Path, *, frozen_on: date) -> tuple[Platform, list[str]]:
    """Import the catalogue and register the file's model, pieces and attributions.

    Returns the platform, and the names of the pieces.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    music.bring_in(frozen_on)
    platform = register_platform(code=PLATFORM, name="Cadenza")
    version = register_model_version(platform=platform, name=MODEL, version=content["version"])
    training_set = freeze_training_set(model_version=version, as_of=frozen_on, **content["roles"])
    generated_at = datetime.combine(frozen_on, datetime.min.time(), UTC)
    store = FeatureStore.objects.create(
        model_version=version,
        training_set=training_set,
        folder="features-of-the-demo",
        config={},
        digest=content["digest"],
        sealed_at=generated_at,
    )
    run = AttributionRun.objects.create(
        feature_store=store,
        method=content["method"],
        config={},
        code_version=content["code_version"],
        quality=content["quality"],
        finished_at=generated_at,
    )
    tracks = dict(Track.objects.values_list("ref", "pk"))
    for piece in content["pieces"]:
        _attribute(run, version, piece, tracks)
    return platform, [piece["name"] for piece in content["pieces"]]


def _attribute(
    run: AttributionRun, version: ModelVersion, piece: dict[str, Any], tracks: dict[str, int]
) -> None:
    generation = register_generation(
        model_version=version,
        external_id=piece["name"],
        content=b64decode(piece["midi"]),
        generated_at=run.finished_at or run.created_at,
    )
    Attribution.objects.create(
        run=run,
        generation=generation,
        track_ids=[tracks[ref] for ref in piece["tracks"]],
        **{name: piece[name] for name in COLUMNS},
    )
