"""The steps to a line's amount, in words and with figures that a calculator confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from common.money import PPB
from portal.templatetags.figures import in_ppm
from royalty.apportionment import Step, Weighed
from royalty.documents import Scale, exact_amount, format_amount
from royalty.documents.amounts import percent
from royalty.models import Statement
from royalty.selectors.explanations import ExplainedLine

MOST_SUBSCRIBERS = 25
MINUS = "\N{MINUS SIGN}"
_FURTHER_DECIMALS = 3  # of an amount before it was rounded to an atom

# Steps to a track that no piece leads to: by what its part goes.
_ALIKE: dict[Weighed, tuple[str, str]] = {
    "tracks": ("An equal part for each track", "It is shared equally among {:,} tracks."),
    "earnings": (
        "The track's part by what it earned",
        "All tracks together earned {:,} atoms in the period, this one the part above.",
    ),
    "milliseconds": (
        "The track's part by its length",
        "The tracks that the model was trained on last {:,} milliseconds together.",
    ),
}


@dataclass(frozen=True)
class Link:
    """One step: `from_text` × `weight` ÷ `weight_total` = `exact_text`, which rounds to `atoms`."""

    title: str
    sentence: str
    from_text: str
    weight: str
    weight_total: str
    exact_text: str
    part: str
    rounding: str
    atoms: int


@dataclass(frozen=True)
class SubscriberPart:
    """What reached the piece from one subscriber."""

    name: str
    basis: str  # by what the subscriber's part of the pool goes
    pool_atoms: int  # the subscriber's part of the pool
    weight: int
    weight_total: int
    atoms: int


@dataclass(frozen=True)
class Chain:
    """From the pool to the payee; subscribers only where their money is followed one by one.

    `before` are the steps that come before the subscribers'.
    """

    pool_atoms: int
    before: tuple[Link, ...]
    weighed: str  # what a subscriber's part is split by
    subscribers: tuple[SubscriberPart, ...]  # those that brought most
    n_subscribers: int
    other_atoms: int  # what the subscribers that are not shown brought
    piece_atoms: int | None  # what the subscribers brought together
    links: tuple[Link, ...]


def chain_of(statement: Statement, explained: ExplainedLine) -> Chain:
    """The steps of an explanation, in the order in which money takes them."""
    steps = explained.explanation.steps
    words = _Words(statement, explained)
    before, by_user, after = _parted(steps)
    parts = [words.subscriber(*pair) for pair in by_user]
    shown = sorted(parts, key=lambda each: -each.atoms)[:MOST_SUBSCRIBERS]
    by_subscriber = sum(each.atoms for each in parts)
    return Chain(
        pool_atoms=statement.run.pool_atoms,
        before=tuple(words.link(step) for step in before),
        weighed=by_user[0][1].weighed if by_user else "",
        subscribers=tuple(shown),
        n_subscribers=len(parts),
        other_atoms=by_subscriber - sum(each.atoms for each in shown),
        piece_atoms=by_subscriber if parts else None,
        links=tuple(
            words.link(step)
            for step in after
            if step.stage != "gathered" or step.to_atoms != by_subscriber
        ),
    )


def _parted(
    steps: Sequence[Step],
) -> tuple[Sequence[Step], list[tuple[Step, Step]], Sequence[Step]]:
    """The steps before subscribers', theirs in pairs (to the subscriber, to the piece), the rest.

    Without subscribers all steps are the rest.
    """
    start = next((at for at, step in enumerate(steps) if step.stage == "subscriber"), 0)
    end = start
    while steps[end].stage == "subscriber":
        end += 2
    pairs = list(zip(steps[start:end:2], steps[start + 1 : end : 2], strict=True))
    return steps[:start], pairs, steps[end:]


class _Words:
    """Says the steps of one line."""

    def __init__(self, statement: Statement, explained: ExplainedLine) -> None:
        money = statement.period.contract.money
        self._scale = Scale(money.code, money.decimals, money.atoms_per_minor)
        self._line, self._pool_atoms = explained.line, statement.run.pool_atoms

    def subscriber(self, to_subscriber: Step, to_piece: Step) -> SubscriberPart:
        return SubscriberPart(
            name=to_subscriber.target.removeprefix("#"),
            basis=self._basis(to_subscriber),
            pool_atoms=to_subscriber.to_atoms,
            weight=to_piece.weight,
            weight_total=to_piece.weight_total,
            atoms=to_piece.to_atoms,
        )

    def _basis(self, step: Step) -> str:
        if step.weighed == "all":
            return f"the whole fee, {self._amount(abs(step.to_atoms))}"
        if step.weighed == "fees":
            return f"paid {self._amount(step.weight)} of {self._amount(step.weight_total)}"
        return f"{step.weight:,} of {step.weight_total:,} {step.weighed} below the fee"

    def link(self, step: Step) -> Link:
        title, sentence = self._said(step)
        by_fees, whole = step.weighed == "fees", step.weighed == "all"
        return Link(
            title=title,
            sentence=sentence,
            from_text="" if whole else self._exact(step.from_atoms),
            weight=self._amount(step.weight) if by_fees else f"{step.weight:,}",
            weight_total=self._amount(step.weight_total) if by_fees else f"{step.weight_total:,}",
            exact_text=self._unrounded(step.exact_atoms),
            part="" if whole else percent(step.weight, step.weight_total, 2),
            rounding=_rounding(step.rounding_atoms),
            atoms=step.to_atoms,
        )

    def _said(self, step: Step) -> tuple[str, str]:
        if step.stage == "piece":
            return "The piece's part of the pool", self._to_piece(step)
        if step.stage == "track":
            return self._to_track(step)
        return {
            "part": (
                f"The part that is shared {step.target.replace('_', '-')}",
                "The contract shares the pool in two ways.",
            ),
            "gathered": (
                "The piece's part of the pool",
                "What came to the piece in both ways together.",
            ),
            "unattributed": (
                "All that no track accounts for",
                "What all pieces of the period earned and no track's influence accounts for: "
                f"{percent(step.to_atoms, max(self._pool_atoms, 1))} of the pool.",
            ),
            "right": (
                f"The part of the {step.target}",
                f"The contract gives {in_ppm(step.weight)} of each track's money to the "
                f"{step.target}.",
            ),
            "guarantee": (
                "What was missing to the guarantee",
                "The contract guarantees more than came in; the platform owes the difference.",
            ),
            "work": (
                "An equal part for each work",
                f"The training fee is shared equally among {step.weight_total:,} works.",
            ),
            "holder": ("Your part of the work", self._to_holder(step)),
        }[step.stage]

    def _to_piece(self, step: Step) -> str:
        if step.weighed == "fees":
            return (
                f"Customers paid {self._amount(step.weight)} for this piece, of "
                f"{self._amount(step.weight_total)} for all pieces."
            )
        if step.weighed == "boosted uses":
            return (
                "Uses, weighed as the contract says and measured in parts per billion: "
                f"{step.weight:,} of {step.weight_total:,}."
            )
        return (
            f"The piece was used {step.weight:,} times, of {step.weight_total:,} uses of all "
            "pieces in the period."
        )

    def _to_track(self, step: Step) -> tuple[str, str]:
        if step.weighed != "ppb":
            title, sentence = _ALIKE[step.weighed]
            return title, sentence.format(step.weight_total)
        boosted = "" if step.weight_total == PPB else ", weighed as the contract says"
        return (
            "The track's estimated share of the piece",
            f"Measured in parts per billion{boosted}: {step.weight:,} of {step.weight_total:,}.",
        )

    def _to_holder(self, step: Step) -> str:
        part = f"{in_ppm(step.weight)} of the {self._line.right_type}"
        if step.weighed == "undisputed ppm":
            return (
                f"Its owners claim more than the whole. {part} is yours whatever the others claim; "
                "the contested part is held until you agree."
            )
        return f"You hold {part}."

    def _amount(self, atoms: int) -> str:
        """A fee: to the cent, unless that would hide something."""
        is_whole = atoms % self._scale.atoms_per_minor == 0
        decimals = self._scale.minor_decimals if is_whole else self._scale.atom_decimals
        return f"{self._scale.currency} {format_amount(atoms, self._scale, decimals)}"

    def _exact(self, atoms: int) -> str:
        return exact_amount(atoms, self._scale).replace("-", MINUS)

    def _unrounded(self, atoms: Fraction) -> str:
        """The amount with further decimals, cut, and dots where they go on."""
        finer = Scale(
            self._scale.currency,
            self._scale.minor_decimals,
            self._scale.atoms_per_minor * 10**_FURTHER_DECIMALS,
        )
        further = atoms * 10**_FURTHER_DECIMALS
        goes_on = "\N{HORIZONTAL ELLIPSIS}" if further.denominator > 1 else ""
        if not goes_on and atoms.denominator == 1:
            return self._exact(int(atoms))
        return exact_amount(int(further), finer).replace("-", MINUS) + goes_on


def _rounding(atoms: Fraction) -> str:
    """ "rounded up by 0.333 atoms"; nothing where the split was exact."""
    if not atoms:
        return ""
    thousandths = abs(atoms.numerator) * 1_000 // atoms.denominator
    size = f"0.{thousandths:03d}" if thousandths else "less than 0.001"
    return f"rounded {'up' if atoms > 0 else 'down'} by {size} atoms"
