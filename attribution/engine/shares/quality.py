"""How far a run can be trusted, as figures, and what speaks against paying by it, as sentences.

Values only: `assess` measures them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

# Below, a figure over pieces says more about the pieces than about the scores.
FEWEST_JUDGED = 10


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From where on a figure of `Quality` is an objection.

    The limits part broken scores from sound ones; they do not rank sound ones. The figures in
    docs/decisions/0007-uncertainty.md show how far both lie from them.

    false_payment: share of money that tracks never trained on may take. The goal is a fifth of it;
        only a run that exceeds it beyond doubt (by two standard errors) is objected to.
    top_singular_value, column_concentration: all pieces naming the same tracks would give 1.
    member_agreement: of each member with the others; members that know nothing agree by 0.
    likeness_z: standard errors by which the best tracks of a piece are more alike than random
        ones; scores that know nothing of the tracks give 0.
    """

    false_payment: float = 0.05
    top_singular_value: float = 0.6
    column_concentration: float = 0.8
    member_agreement: float = 0.05
    likeness_z: float = 3.0


@dataclass(frozen=True)
class Quality:
    """Reliability of one run, measured without retraining. Ratios are plain numbers in [0, 1].

    false_payment: share of all money (unattributed included) that test controls would take when
    they compete beside the trained tracks; `false_payment_scaled` multiplies it up to as many test
    controls as there are trained tracks, and `false_payment_error` is the standard error of that
    over generations. None without test tracks.
    spread_law: what the spread of null scores was judged by, "norms" or "lengths" of tracks.
    trained_to_control_spread: spread of the standard scores of trained tracks over that of
    controls; far below 1, the gate is stricter than it says.
    runs: training runs that the members are of; run_gain and run_spread are what another run would
    change (`ShareConfig`), None where there is only one to see.

    The others check the score matrix (after Aria, 2605.16181) on `judged` pieces: the run's
    generations, or its companions where those are fewer than `FEWEST_JUDGED`.
    singular_energies: energies of the largest singular values, largest first, as shares of all, of
    standard scores (pieces × trained tracks) whose rows are centred and scaled to length 1; the
    first is near 1 if all pieces rank tracks alike.
    effective_rank: exponential of the entropy of all these energies.
    column_concentration: largest share of pieces that have the same track among their best ones.
    piece_likeness: mean cosine of two pieces' rows of that matrix.
    top_likeness, random_likeness: mean cosine of the feature rows of two tracks among the best of
    one piece, and among as many random ones; likeness_z is the difference in standard errors. None
    where no rows were given.
    member_agreement: mean Spearman correlation of two members' track scores, and
    weakest_member_agreement that of the member that agrees least with the others; None for one.
    """

    generations: int
    trained_tracks: int
    calibration_tracks: int
    test_tracks: int
    null_size: int
    gate_z: float
    spread_law: str
    tail_shape: float
    attributed: float
    false_payment: float | None
    false_payment_scaled: float | None
    false_payment_error: float | None
    false_tracks_per_generation: float | None
    trained_to_control_spread: float
    runs: int
    run_gain: float | None
    run_spread: float | None
    judged: int
    judged_on: str  # "generations" or "companions"
    singular_energies: tuple[float, ...]
    effective_rank: float
    column_concentration: float
    piece_likeness: float
    top_likeness: float | None
    random_likeness: float | None
    likeness_z: float | None
    member_agreement: float | None
    weakest_member_agreement: float | None

    def objections(self, limits: Limits | None = None) -> tuple[str, ...]:
        """Say what forbids to pay by this run, one sentence each; nothing if it may be paid.

        Fewer than `FEWEST_JUDGED` pieces prove nothing, so they raise no objection either.
        """
        limits = limits or Limits()
        sentences = list(self._false_payment_objections(limits))
        if self.judged >= FEWEST_JUDGED:
            sentences += self._matrix_objections(limits)
        return tuple(sentences)

    def _false_payment_objections(self, limits: Limits) -> Iterator[str]:
        if self.false_payment_scaled is None or self.generations < FEWEST_JUDGED:
            return
        surely = self.false_payment_scaled - 2 * (self.false_payment_error or 0.0)
        if surely > limits.false_payment:
            yield (
                f"Tracks never trained on would take {self.false_payment_scaled:.1%} of the money, "
                f"and surely more than {limits.false_payment:.1%}: controls and trained tracks "
                "are not drawn alike, or the null is wrong. Draw the controls anew, at random."
            )

    def _matrix_objections(self, limits: Limits) -> Iterator[str]:
        pieces = f"{self.judged} {self.judged_on}"
        if self.column_concentration > limits.column_concentration:
            yield (
                f"The same track is among the best of {self.column_concentration:.0%} of "
                f"{pieces}: the scores follow the track and not the piece. Look for a track that "
                "is many times in the training set, and check the curvature's damping."
            )
        if self.singular_energies[0] > limits.top_singular_value:
            yield (
                f"One pattern explains {self.singular_energies[0]:.0%} of the scores of {pieces}: "
                "all pieces rank the tracks alike. Check that each piece's own rows were scored."
            )
        agreement = self.weakest_member_agreement
        if agreement is not None and agreement < limits.member_agreement:
            yield (
                f"A member of the ensemble agrees with the others by {agreement:.2f} in rank "
                f"correlation over {pieces}: its checkpoint or its rows are broken. Capture it "
                "again, or leave it out."
            )
        if self.likeness_z is not None and self.likeness_z < limits.likeness_z:
            yield (
                f"The best tracks of {pieces} are no more alike than random tracks "
                f"({self.likeness_z:.1f} standard errors): the scores look like noise. Check that "
                "rows and pieces were featurised by the same checkpoint and configuration."
            )
