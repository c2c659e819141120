"""The sandbox's small model: trained once, and given to every platform that comes.

A platform's model version is its own, so it gets a training set, checkpoints and a feature store of
its own; the weights and the rows are the same files.
"""

import os
import shutil
from pathlib import Path

from attribution.models import FeatureStore
from attribution.services.features import store_folder
from attribution.services.reference_model import request_training
from catalog.models import ModelVersion, Platform
from catalog.services.training_sets import (
    freeze_training_set,
    register_checkpoint,
    register_model_version,
)
from demo import music
from demo.run import capture, ensemble
from demo.show import Show
from demo.sizes import SIZES

NAME, VERSION = "lieder", "1"
SIZE = SIZES["tiny"]


def template() -> FeatureStore | None:
    """The features of the first platform's model; none before they are sealed."""
    sealed = FeatureStore.objects.filter(sealed_at__isnull=False)
    return sealed.filter(model_version__name=NAME, model_version__version=VERSION).first()


def train(show: Show, platform: Platform) -> FeatureStore:
    """Train the model and capture its features, by workers.

    Raises:
        DemoFailed: a worker could not.
    """
    version = _version_of(platform)
    with show.stage("Train a small model") as stage:
        show.wait(request_training(version, size=SIZE.model, seeds=SIZE.seeds))
        checkpoints = ensemble(version, SIZE)
        stage.outcome = f"{len(checkpoints)} checkpoints; it is called {NAME}@{VERSION}"
    return capture(show, SIZE, checkpoints)


def copy_to(platform: Platform, store: FeatureStore) -> FeatureStore:
    """Give a platform the same model under the same name, with features to attribute by."""
    version = _version_of(platform)
    for each in store.model_version.checkpoints.order_by("pk"):
        register_checkpoint(
            model_version=version,
            member=each.member,
            step=each.step,
            sha256=each.sha256,
            path=each.path,
            metrics=each.metrics,
        )
    _, _, named_by = store.folder.partition("-")
    copy, is_new = FeatureStore.objects.get_or_create(
        folder=f"{version.pk}-{named_by}",
        defaults={
            "model_version": version,
            "training_set": version.training_set,
            "config": store.config,
            "digest": store.digest,
            "sealed_at": store.sealed_at,
        },
    )
    if is_new:
        _link(store_folder(store), store_folder(copy))
    return copy


def _link(source: Path, target: Path) -> None:
    """The same files under another name: a sealed store is never written again."""
    shutil.copytree(source, target, copy_function=os.link, dirs_exist_ok=True)


def _version_of(platform: Platform) -> ModelVersion:
    version = register_model_version(platform=platform, name=NAME, version=VERSION)
    roles = music.roles_of(SIZE)
    freeze_training_set(
        model_version=version,
        train=roles.train,
        control_calibration=roles.control_calibration,
        control_test=roles.control_test,
        as_of=music.FROZEN_ON,
    )
    return version
