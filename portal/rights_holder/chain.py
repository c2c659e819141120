"""The steps to a line's amount, in words and with figures that a calculator confirms."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from common.money import PPB
from portal.templatetags.figures import in_ppm
from royalty.apportionment import Step
from royalty.documents import Scale, exact_amount, format_amount
from royalty.documents.amounts import percent
from royalty.models import Statement
from royalty.selectors.explanations import ExplainedLine

MOST_SUBSCRIBERS = 25
MINUS = "\N{MINUS SIGN}"
_FURTHER_DECIMALS = 3  # of an amount before it was rounded to an atom
FEES, USES = "fees", "uses"
# What the weights of the step to a piece count, by allocation model.
PIECE_WEIGHTS = {"pro_rata": USES, "user_centric": USES, "per_output": FEES}


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
    fee_text: str
    pool_atoms: int  # the subscriber's part of the pool
    weight: int
    weight_total: int
    atoms: int


@dataclass(frozen=True)
class Chain:
    """From the pool to the payee; subscribers only where their money is followed one by one."""

    pool_atoms: int
    subscribers: tuple[SubscriberPart, ...]  # those that brought most
    n_subscribers: int
    other_atoms: int  # what the subscribers that are not shown brought
    piece_atoms: int | None  # what the subscribers brought together
    links: tuple[Link, ...]


def chain_of(statement: Statement, explained: ExplainedLine) -> Chain:
    """The steps of an explanation, in the order in which money takes them."""
    steps = explained.explanation.steps
    words = _Words(statement, explained)
    parts = [
        words.subscriber(step, following)
        for step, following in pairwise(steps)
        if step.stage == "subscriber"
    ]
    shown = sorted(parts, key=lambda each: -each.atoms)[:MOST_SUBSCRIBERS]
    by_subscriber = sum(each.atoms for each in parts)
    return Chain(
        pool_atoms=statement.run.pool_atoms,
        subscribers=tuple(shown),
        n_subscribers=len(parts),
        other_atoms=by_subscriber - sum(each.atoms for each in shown),
        piece_atoms=by_subscriber if parts else None,
        links=tuple(words.link(step) for step in steps if _is_link(step, bool(parts))),
    )


def _is_link(step: Step, has_subscribers: bool) -> bool:
    if step.stage in {"subscriber", "gathered"}:
        return False
    return not (step.stage == "piece" and has_subscribers)


class _Words:
    """Says the steps of one line."""

    def __init__(self, statement: Statement, explained: ExplainedLine) -> None:
        contract, money = statement.period.contract, statement.period.contract.money
        self._scale = Scale(money.code, money.decimals, money.atoms_per_minor)
        self._weights = PIECE_WEIGHTS.get(contract.allocation_model, USES)
        self._line, self._pool_atoms = explained.line, statement.run.pool_atoms

    def subscriber(self, to_subscriber: Step, to_piece: Step) -> SubscriberPart:
        fee, all_fees = to_subscriber.weight, to_subscriber.weight_total
        return SubscriberPart(
            name=to_subscriber.target.removeprefix("#"),
            fee_text=f"{self._amount(fee)} of {self._amount(all_fees)}",
            pool_atoms=to_subscriber.to_atoms,
            weight=to_piece.weight,
            weight_total=to_piece.weight_total,
            atoms=to_piece.to_atoms,
        )

    def link(self, step: Step) -> Link:
        title, sentence = self._said(step)
        by_fees = step.stage == "piece" and self._weights == FEES
        whole = step.stage == "unattributed"
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
            return self._to_piece(step)
        if step.stage == "unattributed":
            return (
                "All that no track accounts for",
                "What all pieces of the period earned and no track's influence accounts for: "
                f"{percent(step.to_atoms, self._pool_atoms)} of the pool.",
            )
        if step.stage == "track":
            return self._to_track(step)
        return (
            "Your part of the work",
            f"You hold {in_ppm(step.weight)} of the {self._line.right_type}.",
        )

    def _to_piece(self, step: Step) -> tuple[str, str]:
        if self._weights == FEES:
            return (
                "The piece's part of the pool",
                f"Customers paid {self._amount(step.weight)} for this piece, of "
                f"{self._amount(step.weight_total)} for all pieces.",
            )
        return (
            "The piece's part of the pool",
            f"The piece was used {step.weight:,} times, of {step.weight_total:,} uses of all "
            "pieces in the period.",
        )

    def _to_track(self, step: Step) -> tuple[str, str]:
        if self._line.generation_id is None:
            return (
                "An equal part for each track",
                f"The contract shares it equally among the {step.weight_total:,} tracks that the "
                "model was trained on.",
            )
        return (
            "The track's estimated share of the piece",
            f"Measured in parts per billion: {step.weight:,} of {PPB:,}.",
        )

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
