"""How one line came about: every split from the pool to the holder, with its rounding.

Recomputed from the snapshot with the very splits that paid, never from a log, so an explanation
cannot drift from the money. It changes nothing and decides nothing.
"""

from dataclasses import dataclass

import numpy as np

from royalty.apportionment.allocation import (
    allocate,
    attribution_weights,
    model_named,
)
from royalty.apportionment.arrays import IntArray
from royalty.apportionment.guarantee import earned_by_track, explain_guarantee
from royalty.apportionment.lines import LineKind, Place
from royalty.apportionment.ownership import NONE, holders
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import RIGHTS, Snapshot
from royalty.apportionment.steps import Stage, Step, Weighed, split_step, sum_step


@dataclass(frozen=True)
class Explanation:
    """The steps to one line, in order; the last step's `to_atoms` is the line's amount."""

    kind: LineKind
    steps: tuple[Step, ...]

    @property
    def atoms(self) -> int:
        """The amount that the steps arrive at."""
        return self.steps[-1].to_atoms


def explain_line(
    snapshot: Snapshot, model: str, pool_atoms: int, rules: Rules, line: Place
) -> Explanation:
    """Explain the line at a place of the allocation.

    Steps run pool → (part → subscriber →) piece → track → (right →) holder; where subscribers'
    money is followed, a piece has one pair of steps for each who used it, then a step that gathers
    them. A line of the equal fallback starts from all unattributed money of the run, one of a
    training fee goes from the pool to the track, one of a guarantee from what the pool lacked.
    Lines that name a generation are recomputed alone, the others may need the whole run. Raises
    LookupError if the run has no such line, SnapshotError for a bad snapshot.
    """
    snapshot.validate()
    model_named(model).require_parameters(snapshot)
    _check_positions(snapshot, line)
    generation, track = line.generation, line.track
    if line.of_guarantee:
        steps = _guarantee_steps(snapshot, model, pool_atoms, rules, line)
    elif generation != NONE:
        steps = _piece_steps(snapshot, model, pool_atoms, rules, generation)
        steps += (_track_step(snapshot, model, rules, steps[-1].to_atoms, line),)
    elif track != NONE:
        steps = _steps_without_piece(snapshot, model, pool_atoms, rules, track)
    else:
        steps = (_idle_step(snapshot, model, pool_atoms, rules),)
    if track != NONE:
        steps += _owner_steps(snapshot, steps[-1].to_atoms, line)
    if steps[-1].to_atoms == 0:
        raise _no_line(line)
    return Explanation(_kind_of(snapshot, model, rules, line), steps)


def _check_positions(snapshot: Snapshot, line: Place) -> None:
    sizes = (len(snapshot.generation_ids), len(snapshot.track_ids), len(snapshot.party_ids))
    wanted = (line.generation, line.track, line.party)
    inside = all(NONE <= at < size for at, size in zip(wanted, sizes, strict=True))
    is_of_track = line.track != NONE and 0 <= line.right < snapshot.right_count
    if not inside or not (is_of_track or line.track == line.party == NONE):
        raise _no_line(line)


def _no_line(line: Place) -> LookupError:
    return LookupError(f"The run has no line at {line}.")


def _kind_of(snapshot: Snapshot, model: str, rules: Rules, line: Place) -> LineKind:
    generation, track, party = line.generation, line.track, line.party
    if track != NONE and party == NONE:
        contested = holders(snapshot).contested[_row(snapshot, line)]
        return LineKind.HELD_DISPUTED if contested else LineKind.HELD_UNCLAIMED
    if line.of_guarantee:
        return LineKind.GUARANTEE
    if NONE not in {track, generation}:
        return LineKind.ATTRIBUTED
    if track != NONE:
        by_training = model_named(model).revenue == "training"
        return LineKind.TRAINING_FEE if by_training else LineKind.FALLBACK_EQUAL
    return _kind_without_track(snapshot, rules, generation)


def _kind_without_track(snapshot: Snapshot, rules: Rules, generation: int) -> LineKind:
    if generation == NONE:
        returned = rules.idle_subscribers == "platform"
        return LineKind.TO_PLATFORM if returned else LineKind.HELD_NO_USE
    if snapshot.is_unverified(generation):
        return LineKind.HELD_UNVERIFIED
    return LineKind.TO_PLATFORM if rules.fallback == "platform" else LineKind.HELD_UNATTRIBUTED


def _piece_steps(
    snapshot: Snapshot, model: str, pool_atoms: int, rules: Rules, generation: int
) -> tuple[Step, ...]:
    steps = model_named(model).explain_piece(snapshot, pool_atoms, rules, generation)
    arrivals = [step.to_atoms for step in steps if step.stage == "piece"]
    if len(arrivals) == 1 and steps[-1].stage == "piece":
        return steps
    return (*steps, sum_step("gathered", snapshot.generation_ids[generation], sum(arrivals)))


def _track_step(
    snapshot: Snapshot, model: str, rules: Rules, piece_atoms: int, line: Place
) -> Step:
    generation, track = line.generation, line.track
    factor = model_named(model).track_factor(snapshot)
    indptr, column, ppb = attribution_weights(snapshot, factor)
    row = slice(int(indptr[generation]), int(indptr[generation + 1]))
    if track != NONE:
        index = _index_of(column[row], track, line)
        return split_step("track", snapshot.track_ids[track], piece_atoms, ppb[row], index, "ppb")
    is_held = snapshot.is_unverified(generation)
    if rules.fallback == "equal_training_set" and not is_held:
        raise _no_line(line)  # this money went to the equal split, which names no generation
    is_returned = rules.fallback == "platform" and not is_held
    stage: Stage = "platform" if is_returned else "held"
    return split_step(stage, "", piece_atoms, ppb[row], len(ppb[row]) - 1, "ppb")


def _steps_without_piece(
    snapshot: Snapshot, model: str, pool_atoms: int, rules: Rules, track: int
) -> tuple[Step, ...]:
    """To a track that earned by the model itself, or by the equal fallback."""
    steps = model_named(model).explain_track(snapshot, pool_atoms, track)
    if steps is None:
        return _fallback_steps(snapshot, model, pool_atoms, rules, track)
    if not steps:
        raise _no_line(Place(NONE, track, NONE))
    return steps


def _fallback_steps(
    snapshot: Snapshot, model: str, pool_atoms: int, rules: Rules, track: int
) -> tuple[Step, ...]:
    """All unattributed money of the run, then its equal split over the training set."""
    line = Place(NONE, track, NONE)
    allocation = allocate(snapshot, model, pool_atoms, rules)
    fallback = (allocation.generation == NONE) & (allocation.track != NONE)
    fallback &= np.arange(len(fallback)) < len(fallback) - allocation.guarantee_lines
    if not fallback.any():
        raise _no_line(line)
    unattributed_atoms = int(allocation.atoms[fallback].sum())
    training = np.flatnonzero(snapshot.training_track)
    ones, index = np.ones_like(training), _index_of(training, track, line)
    return (
        sum_step("unattributed", "", unattributed_atoms),
        split_step("track", snapshot.track_ids[track], unattributed_atoms, ones, index, "tracks"),
    )


def _guarantee_steps(
    snapshot: Snapshot, model: str, pool_atoms: int, rules: Rules, line: Place
) -> tuple[Step, ...]:
    """What the pool lacked, then its split over tracks by what all other lines brought them."""
    if line.generation != NONE or line.track == NONE:
        raise _no_line(line)
    lines = allocate(snapshot, model, pool_atoms, rules)
    others = slice(len(lines.atoms) - lines.guarantee_lines)
    by_track = earned_by_track(snapshot, lines.track[others], lines.atoms[others])
    if not lines.guarantee_lines:
        raise _no_line(line)
    return explain_guarantee(snapshot, by_track, lines.guarantee_atoms, line.track)


def _row(snapshot: Snapshot, line: Place) -> int:
    """The row of owners of a line's right in its track."""
    return line.track * snapshot.right_count + line.right


def _owner_steps(snapshot: Snapshot, track_atoms: int, line: Place) -> tuple[Step, ...]:
    """From a track's money to its right, where there are two, and to the holder."""
    if snapshot.right_count == 1:
        return (_holder_step(snapshot, track_atoms, line),)
    to_right = split_step(
        "right", RIGHTS[line.right], track_atoms, snapshot.right_ppm, line.right, "ppm"
    )
    return (to_right, _holder_step(snapshot, to_right.to_atoms, line))


def _holder_step(snapshot: Snapshot, right_atoms: int, line: Place) -> Step:
    held, at, party = holders(snapshot), _row(snapshot, line), line.party
    row = slice(int(held.indptr[at]), int(held.indptr[at + 1]))
    target = "" if party == NONE else snapshot.party_ids[party]
    stage: Stage = "held" if party == NONE else "holder"
    weighed: Weighed = "undisputed ppm" if held.contested[at] else "ppm"
    index = _index_of(held.party[row], party, line)
    return split_step(stage, target, right_atoms, held.ppm[row], index, weighed)


def _idle_step(snapshot: Snapshot, model: str, pool_atoms: int, rules: Rules) -> Step:
    idle_atoms = model_named(model).piece_revenue(snapshot, pool_atoms, rules).idle_atoms
    stage: Stage = "platform" if rules.idle_subscribers == "platform" else "held"
    return sum_step(stage, "", idle_atoms)


def _index_of(columns: IntArray, wanted: int, line: Place) -> int:
    found = np.flatnonzero(columns == wanted)
    if len(found) == 0:
        raise _no_line(line)
    return int(found[0])
