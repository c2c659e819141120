"""Verifying a frozen training set against the files that are stored today."""

from catalog.models import Asset, TrainingSet
from catalog.selectors import tracks_of
from catalog.services.assets import stored_sha256
from catalog.services.training_sets.freezing import training_set_digest


def verify_training_set(training_set: TrainingSet) -> list[str]:
    """Hash every file of the set anew; returns a sentence for each difference, none if all is well.

    The set's own digest is computed from its rows, so that a reference or role that was changed
    behind the database's guards shows as well.
    """
    members = tracks_of(training_set)
    names = dict(
        Asset.objects.filter(sha256__in=[member.asset_sha256 for member in members]).values_list(
            "sha256", "storage_name"
        )
    )
    differences = []
    for member in members:
        name = names.get(member.asset_sha256)
        found = stored_sha256(name) if name else None
        if found is None:
            differences.append(
                f"Track {member.ref}: its file {member.asset_sha256[:12]} is missing."
            )
        elif found != member.asset_sha256:
            differences.append(
                f"Track {member.ref}: its file has the sha256 {found[:12]}, "
                f"not {member.asset_sha256[:12]}."
            )
    digest = training_set_digest(
        (member.position, member.ref, member.role, member.asset_sha256) for member in members
    )
    if digest != training_set.digest:
        differences.append(
            f"The set's list hashes to {digest[:12]}, but it was frozen as "
            f"{training_set.digest[:12]}."
        )
    return differences
