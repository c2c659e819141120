"""Making platforms, model versions and checkpoints known. Registering again changes nothing."""

from pathlib import PurePosixPath
from typing import Any

from catalog.models import Checkpoint, ModelVersion, Platform
from catalog.models.training import REFERENCE_ARCHITECTURE


class RegistrationConflict(Exception):
    """A name that is taken by something else; the message says by what."""


def register_platform(*, code: str, name: str) -> Platform:
    """The platform of a code, registered if it is new.

    Raises:
        RegistrationConflict: the code belongs to a platform of another name.
    """
    platform, _ = Platform.objects.get_or_create(code=code, defaults={"name": name})
    if platform.name != name:
        raise RegistrationConflict(
            f"The code {code!r} belongs to {platform.name!r}; choose another for {name!r}."
        )
    return platform


def register_model_version(*, platform: Platform, name: str, version: str) -> ModelVersion:
    """The version of a platform's model, registered if it is new."""
    model_version, _ = ModelVersion.objects.get_or_create(
        platform=platform, name=name, version=version
    )
    return model_version


def register_checkpoint(
    *,
    model_version: ModelVersion,
    member: str,
    step: int,
    sha256: str,
    path: str,
    metrics: dict[str, Any],
    architecture: str = REFERENCE_ARCHITECTURE,
) -> Checkpoint:
    """The checkpoint of an ensemble member after a step, registered if it is new.

    Args:
        sha256: what the weights are known by, as their reader computes it.
        path: where the file lies, relative to the folder of models.
        metrics: what is known of the model; kept as at the first registration.
        architecture: whose loader reads it; empty where none of ours does.

    Raises:
        RegistrationConflict: other weights are registered for this step, or the path leads out of
            the folder of models.
    """
    place = PurePosixPath(path)
    if place.is_absolute() or ".." in place.parts:
        raise RegistrationConflict(
            f"{path} leads out of the folder of models; put the checkpoint inside it."
        )
    checkpoint, _ = Checkpoint.objects.get_or_create(
        model_version=model_version,
        member=member,
        step=step,
        defaults={
            "sha256": sha256,
            "path": path,
            "metrics": metrics,
            "architecture": architecture,
        },
    )
    if (checkpoint.sha256, checkpoint.path) != (sha256, path):
        raise RegistrationConflict(
            f"{checkpoint} is registered with other weights ({checkpoint.sha256[:12]} at "
            f"{checkpoint.path}); register what was trained anew as a new model version."
        )
    return checkpoint
