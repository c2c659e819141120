"""Leave one catalogue out: what would each query cost a model that had never seen one composer?

The question that a rights holder asks, and the one that money answers. A model is trained on
everything and one on all songs but a composer's, both from the same first weights; the rise of a
query's loss from the one to the other is the effect, and the summed scores of that composer's
segments predict it. Owns which composers, their retrainings, and how a method is judged by them.
It must not print.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from attribution.engine import evaluation as lds
from attribution.reference.arrays import BoolArray, IntArray
from benchmarks.fidelity import retraining, scoring, truth
from benchmarks.fidelity.methods.base import Member, Method
from benchmarks.fidelity.truth import Truth
from benchmarks.fidelity.world import Queries, World, manifest, role_of

COMPOSERS = ("Johannes Brahms", "Augusta Holmès", "Liza Lehmann", "Hugo Wolf")  # 24, 14, 7, 3 songs
FOLDER = truth.FOLDER / "catalogues"
COMMAND = "python -m benchmarks.fidelity catalogues --retrain"

Catalogues: TypeAlias = Mapping[str, IntArray]  # composer → tracks


@dataclass(frozen=True)
class Judged:
    """How well one method knows what each catalogue did."""

    method: str
    setting: str
    order: Sequence[lds.Estimate]  # of each catalogue: rank correlation over queries
    mean: lds.Estimate  # over catalogues
    part: lds.Floats  # of each catalogue: its part of all effects, negative where losses fell


@dataclass(frozen=True)
class Observed:
    """What retraining says of each catalogue."""

    effect: lds.Floats  # mean over the reported queries, nats
    part: lds.Floats
    ceiling: Sequence[float | None]  # the rank correlation that a perfect method would reach


def bundled_catalogues() -> Catalogues:
    """The tracks of COMPOSERS in the bundled world."""
    names = np.array([row["composer"] for row in manifest() if role_of(row) != "control"])
    return {composer: np.flatnonzero(names == composer) for composer in COMPOSERS}


def subsets_of(catalogues: Catalogues, n_tracks: int) -> BoolArray:
    """Everything, then everything but each catalogue: (1 + n_catalogues, n_tracks)."""
    subsets = np.ones((1 + len(catalogues), n_tracks), dtype=np.bool_)
    for subset, tracks in zip(subsets[1:], catalogues.values(), strict=True):
        subset[tracks] = False
    return subsets


def remake(
    plan: retraining.Plan,
    work: Path,
    seeds: int,
    *,
    workers: int = 1,
    folder: Path = FOLDER,
    say: retraining.Say = print,
) -> None:
    """Do the retrainings that are missing, and cache the losses. Raises ValueError for no seed."""
    if seeds < 1:
        raise ValueError("Ask for 1 seed or more.")
    losses = retraining.complete(plan, work, seeds, len(plan.subsets), workers=workers, say=say)
    retraining.keep(plan, losses, folder, f"{COMMAND} --seeds {seeds}")


def plan_of(world: World, queries: Queries, catalogues: Catalogues) -> retraining.Plan:
    """The retrainings that tell what each catalogue did."""
    subsets = subsets_of(catalogues, len(world.tracks))
    return retraining.Plan(world, queries, subsets, paired=True)


def read(plan: retraining.Plan, folder: Path = FOLDER) -> Truth:
    """The cached losses of a plan. Raises SpoiledTruth where they are another plan's."""
    found = truth.read(plan.world, folder, COMMAND)
    same = len(found.queries.sequences) == len(plan.queries.sequences) and all(
        np.array_equal(one, other)
        for one, other in zip(found.queries.sequences, plan.queries.sequences, strict=True)
    )
    if not same or not np.array_equal(found.subsets, plan.subsets):
        raise truth.SpoiledTruth(
            f"The losses in {folder} were made with other catalogues or other queries than these. "
            f"Remake them with `{COMMAND}`."
        )
    return found


def effects(losses: lds.Floats) -> lds.Floats:
    """The rise of losses (..., 1 + n_catalogues, n_queries) without each catalogue.

    Returns (..., n_queries, n_catalogues).
    """
    rise: lds.Floats = losses[..., 1:, :] - losses[..., :1, :]
    return rise.swapaxes(-1, -2)


def judge(
    world: World,
    halves: Truth,
    left_out: Truth,
    members: Iterator[Member],
    methods: Sequence[Method],
) -> tuple[list[Judged], dict[str, str]]:
    """Judge each method with all members, by the settings that the halves choose for it.

    Returns what was found of those that did not fail, and why the others did.
    """
    n_halves = len(halves.subsets)
    both = replace(halves, subsets=np.concatenate((halves.subsets, left_out.subsets)))
    predictions = scoring.predict(world, both, members, methods)
    observed = effects(left_out.observed())
    rows = []
    for found in predictions:
        if found.failure:
            continue
        count = len(next(iter(found.by_setting.values())))
        setting = scoring.best_setting(halves, found.of_subsets(slice(n_halves)), count)
        predicted = effects(found.of_subsets(slice(n_halves, None)).mean(setting, count))
        order, mean = _order(halves.queries, predicted, observed)
        rows.append(
            Judged(found.method.name, setting, order, mean, _parts(halves.queries, predicted))
        )
    return rows, scoring.failures(predictions)


def observe(left_out: Truth) -> Observed:
    """What there is to be known, and how surely."""
    queries, rises = left_out.queries, effects(left_out.losses)
    n_catalogues = rises.shape[-1]
    return Observed(
        rises.mean(0)[_reported(queries)].mean(0),
        _parts(queries, rises.mean(0)),
        [_ceiling(queries, rises[..., at : at + 1]) for at in range(n_catalogues)],
    )


def _order(
    queries: Queries, predicted: lds.Floats, observed: lds.Floats
) -> tuple[list[lds.Estimate], lds.Estimate]:
    """Rank correlation over the queries of a kind, then the mean of both kinds."""
    rho, draws = [], []
    for kind in scoring.KINDS:
        chosen = queries.of_kind(kind, tuning=False)
        pair = predicted[chosen], observed[chosen]
        rho.append(lds.spearman(*pair))  # (n_catalogues,)
        draws.append(lds.spearman(*pair, _drawn_groups(queries.group[chosen])))
    value, resampled = np.mean(rho, axis=0), np.mean(draws, axis=0)
    each = [lds.estimate(value[at : at + 1], resampled[:, at : at + 1]) for at in range(len(value))]
    return each, lds.estimate(value, resampled)


def _drawn_groups(group: IntArray) -> lds.Counts:
    """Bootstrap samples of groups, such as songs, as counts of their queries."""
    _, place = np.unique(group, return_inverse=True)
    return lds.draw_counts(int(place.max()) + 1)[:, place]


def _ceiling(queries: Queries, rises: lds.Floats) -> float | None:
    """`lds.ceiling` over the queries of a kind; mean of both kinds."""
    kinds = (queries.of_kind(kind, tuning=False) for kind in scoring.KINDS)
    found = [lds.ceiling(rises[:, chosen]) for chosen in kinds]
    known = [value for value in found if value is not None]
    return float(np.mean(known)) if known else None


def _parts(queries: Queries, rises: lds.Floats) -> lds.Floats:
    """Each catalogue's effect on the reported queries over the sum of magnitudes of all."""
    total = rises[_reported(queries)].sum(0)
    parts: lds.Floats = total / np.abs(total).sum()
    return parts


def _reported(queries: Queries) -> IntArray:
    kinds = [queries.of_kind(kind, tuning=False) for kind in scoring.KINDS]
    return np.concatenate(kinds)
