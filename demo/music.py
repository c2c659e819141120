"""The demo's catalogue and training set: the bundled manifest, imported and frozen."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from celery import current_app

from catalog.deliveries.services.folders import import_manifest
from catalog.manifest import Outcome
from catalog.models import ModelVersion, Party, Track
from catalog.services.training_sets import (
    draw_controls,
    freeze_training_set,
    register_model_version,
    register_platform,
)
from demo.show import DemoFailed
from demo.sizes import Size

MANIFEST = Path(__file__).parent / "catalogue" / "manifest.csv"
FROZEN_ON = date(2026, 9, 1)
DRAW = "cadenza-lieder"


@dataclass(frozen=True)
class Roles:
    """Refs of the tracks in each role of the training set."""

    train: list[str]
    control_calibration: list[str]
    control_test: list[str]


def bring_in(as_of: date = FROZEN_ON, manifest: Path = MANIFEST) -> str:
    """Import the bundled catalogue, or another, as it is on a day; returns how it went."""
    current_app.loader.import_default_modules()  # so that it is known who looks at it then
    report = import_manifest(path=manifest, as_of=as_of)
    if not report.ok:
        raise DemoFailed("\n".join(str(error) for error in report.errors))
    return (
        f"{report.count(Outcome.CREATED)} songs imported, "
        f"{report.count(Outcome.UNCHANGED)} were there already, "
        f"{Party.objects.count()} parties with shares in them"
    )


def roles_of(size: Size) -> Roles:
    """Who is trained on and who is control, as the manifest says; what controls do is drawn."""
    with MANIFEST.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    by_role = {role: [] for role in ("train", "extra", "control")}  # type: dict[str, list[str]]
    for row in rows:
        by_role[row["demo_role"]].append(row["track_id"])
    if size.limit:
        by_role = {role: refs[:: max(1, len(refs) // size.limit)] for role, refs in by_role.items()}
    train = [ref for role in size.train_roles for ref in by_role[role]]
    calibration, test = draw_controls(by_role["control"], seed=DRAW)
    return Roles(sorted(train), calibration, test)


def freeze(size: Size) -> tuple[ModelVersion, Roles]:
    """Register the platform and its model, and freeze what it is trained on."""
    roles = roles_of(size)
    platform = register_platform(code="cadenza", name="Cadenza")
    model_version = register_model_version(
        platform=platform,
        name="cadenza-sound" if size.is_sound else "cadenza-lieder",
        version=f"1.0-{size.model}",
    )
    freeze_training_set(
        model_version=model_version,
        train=roles.train,
        control_calibration=roles.control_calibration,
        control_test=roles.control_test,
        as_of=FROZEN_ON,
    )
    return model_version, roles


def tracks(refs: list[str]) -> list[Track]:
    """The tracks of these refs, in their order."""
    found = {
        track.ref: track for track in Track.objects.filter(ref__in=refs).select_related("asset")
    }
    return [found[ref] for ref in refs]
