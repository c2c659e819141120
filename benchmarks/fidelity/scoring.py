"""Runs methods over the checkpoints, lets the tuning queries choose settings, and scores the rest.

Owns the fairness of the comparison: the same checkpoints, the same queries, the same resampled
subsets for all, settings never chosen on what is reported. It must not print.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from attribution.engine import evaluation as lds
from attribution.reference.arrays import IntArray
from attribution.reference.checkpoints import Checkpoint, load_model
from attribution.reference.model import MusicTransformer
from benchmarks.fidelity.methods.base import Member, Method, MethodFailed
from benchmarks.fidelity.truth import Truth
from benchmarks.fidelity.world import GENERATED, HELD_OUT, World

KINDS = (GENERATED, HELD_OUT)


@dataclass(frozen=True)
class Reported:
    """One method with one number of checkpoints."""

    method: str
    members: int
    setting: str
    row_numbers: int
    row_bytes: float
    by_kind: Mapping[str, lds.Estimate]  # LDS by kind of query
    to_first: Mapping[str, lds.Estimate]  # LDS minus that of the first method, paired
    found: float  # share of planted copies whose source comes first among all tracks
    cpu_seconds: float


@dataclass
class Predictions:
    """What one method predicts for each setting and member, in order of the members."""

    method: Method
    row_numbers: int = 0
    by_setting: dict[str, list[lds.Floats]] = field(default_factory=dict)
    of_copies: dict[str, list[lds.Floats]] = field(default_factory=dict)
    cpu_seconds: list[float] = field(default_factory=list)
    failure: str = ""  # why there is no prediction

    def mean(self, setting: str, members: int) -> lds.Floats:
        """The prediction of the last `members` checkpoints, (n_subsets, n_queries)."""
        mean: lds.Floats = np.mean(self.by_setting[setting][-members:], axis=0)
        return mean

    def of_subsets(self, subsets: slice) -> "Predictions":
        """The same for some of the subsets."""
        settings = self.by_setting.items()
        chosen = {setting: [values[subsets] for values in found] for setting, found in settings}
        return replace(self, by_setting=chosen)

    def found(self, setting: str, members: int, source: IntArray) -> float:
        """The share of copies that score their source above all other tracks."""
        tracks = np.mean(self.of_copies[setting][-members:], axis=0)  # (n_copies, n_tracks)
        return float((tracks.argmax(1) == source).mean())


def members_of(world: World, truth: Truth, checkpoints: Sequence[Checkpoint]) -> Iterator[Member]:
    """One member at a time, the earliest checkpoint first: exact gradients fill memory."""
    corpus = world.full_corpus()
    queries = [*truth.queries.sequences, *world.copies().sequences]
    for checkpoint in checkpoints:
        model: MusicTransformer = load_model(checkpoint)
        name = f"step-{checkpoint.record.step:06d}"
        yield Member(name, model, corpus, queries)


def predict(
    world: World, truth: Truth, members: Iterator[Member], methods: Sequence[Method]
) -> list[Predictions]:
    """Let every method score every member, and sum the scores over the truth's subsets.

    A method that raises MethodFailed is not asked again, and predicts nothing.
    """
    found = [Predictions(method) for method in methods]
    for member in members:
        for predictions in found:
            if predictions.failure:
                continue
            try:
                _add(predictions, member, world, truth)
            except MethodFailed as error:
                predictions.failure = str(error)
    return found


def failures(predictions: Sequence[Predictions]) -> dict[str, str]:
    """Which methods have failed, and why."""
    return {found.method.name: found.failure for found in predictions if found.failure}


def report(
    world: World, truth: Truth, predictions: Sequence[Predictions], members: int
) -> list[Reported]:
    """Score each method that has not failed with its last `members` checkpoints."""
    counts = lds.draw_counts(len(truth.subsets))
    rows, first, source = [], None, world.copies().source
    for found in predictions:
        if found.failure:
            continue
        setting = best_setting(truth, found, members)
        scored = _scored(truth, found.mean(setting, members), counts)
        first = first or scored
        rows.append(
            Reported(
                found.method.name,
                members,
                setting,
                found.row_numbers,
                found.row_numbers * found.method.number_bytes,
                {kind: lds.estimate(*scored[kind]) for kind in KINDS},
                {kind: lds.estimate(*_minus(scored[kind], first[kind])) for kind in KINDS},
                found.found(setting, members, source),
                sum(found.cpu_seconds[-members:]),
            )
        )
    return rows


def ceilings(truth: Truth) -> dict[str, float | None]:
    """What a perfect method would reach on the reported queries of each kind."""
    return {
        kind: lds.ceiling(truth.losses[:, :, truth.queries.of_kind(kind, tuning=False)])
        for kind in KINDS
    }


def _add(found: Predictions, member: Member, world: World, truth: Truth) -> None:
    for need in found.method.needs:
        getattr(member, need)  # made now, so that it is not timed twice
    found.row_numbers = found.method.row_numbers(member)
    started, spent = time.process_time(), sum(member.seconds[n] for n in found.method.needs)
    track, n_queries = world.segment_track(), len(truth.queries.sequences)
    for setting, scores in found.method.scores(member):
        predicted = lds.predicted_losses(scores[:n_queries], track, truth.subsets)
        found.by_setting.setdefault(setting, []).append(predicted)
        of_copies = lds.predicted_losses(scores[n_queries:], track, np.eye(track.max() + 1) > 0)
        found.of_copies.setdefault(setting, []).append(-of_copies.T)
    kept, measured = found.method.kept_seconds(member), time.process_time() - started
    found.cpu_seconds.append(spent + measured if kept is None else kept)


def best_setting(truth: Truth, found: Predictions, members: int) -> str:
    """The setting with the highest LDS on the tuning queries, both kinds weighing alike."""
    observed = truth.observed()

    def on_tuning(setting: str) -> float:
        rho = lds.spearman(found.mean(setting, members), observed)
        means = [rho[truth.queries.of_kind(kind, tuning=True)].mean() for kind in KINDS]
        return float(np.mean(means))

    return max(found.by_setting, key=on_tuning)


_PerQuery = tuple[lds.Floats, lds.Floats]  # (n_queries,), (draws, n_queries)


def _scored(truth: Truth, predicted: lds.Floats, counts: lds.Counts) -> dict[str, _PerQuery]:
    observed, scored = truth.observed(), {}
    for kind in KINDS:
        queries = truth.queries.of_kind(kind, tuning=False)
        pair = predicted[:, queries], observed[:, queries]
        scored[kind] = lds.spearman(*pair), lds.spearman(*pair, counts)
    return scored


def _minus(one: _PerQuery, other: _PerQuery) -> _PerQuery:
    return one[0] - other[0], one[1] - other[1]
