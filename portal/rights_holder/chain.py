"""The steps to a line's amount, in words and with figures that a calculator confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext, gettext_noop, ngettext

from common.money import PPB
from portal.templatetags.figures import in_ppm, signs, worded
from royalty.apportionment import Step, Weighed
from royalty.documents import Scale, exact_amount, format_amount
from royalty.documents.amounts import percent
from royalty.models import Statement
from royalty.selectors.explanations import ExplainedLine

MOST_SUBSCRIBERS = 25
MINUS = "\N{MINUS SIGN}"
PIECES_PART = gettext_noop("The piece's part of the pool")
_FURTHER_DECIMALS = 3  # of an amount before it was rounded to an atom

# Steps to a track that no piece leads to: by what its part goes.
_ALIKE: dict[Weighed, tuple[str, str]] = {
    "tracks": (
        gettext_noop("An equal part for each track"),
        gettext_noop("It is shared equally among %(n)s tracks."),
    ),
    "earnings": (
        gettext_noop("The track's part by what it earned"),
        gettext_noop(
            "All tracks together earned %(n)s atoms in the period, this one the part above."
        ),
    ),
    "milliseconds": (
        gettext_noop("The track's part by its length"),
        gettext_noop("The tracks that the model was trained on last %(n)s milliseconds together."),
    ),
}
SHARED_IN_PARTS = {
    "user_centric": gettext_noop("The part that is shared user by user"),
    "pro_rata": gettext_noop("The part that is shared pro rata"),
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
            return gettext("the whole fee, %(amount)s") % {
                "amount": self._amount(abs(step.to_atoms))
            }
        if step.weighed == "fees":
            return gettext("paid %(part)s of %(whole)s") % {
                "part": self._amount(step.weight),
                "whole": self._amount(step.weight_total),
            }
        return gettext("%(part)s of %(whole)s %(weighed)s below the fee") % {
            "part": _count(step.weight),
            "whole": _count(step.weight_total),
            "weighed": worded(step.weighed),
        }

    def link(self, step: Step) -> Link:
        title, sentence = self._said(step)
        by_fees, whole = step.weighed == "fees", step.weighed == "all"
        weight, total = step.weight, step.weight_total
        return Link(
            title=title,
            sentence=sentence,
            from_text="" if whole else self._exact(step.from_atoms),
            weight=self._amount(weight) if by_fees else _count(weight),
            weight_total=self._amount(total) if by_fees else _count(total),
            exact_text=self._unrounded(step.exact_atoms),
            part="" if whole else signs(percent(weight, total, 2)),
            rounding=_rounding(step.rounding_atoms),
            atoms=step.to_atoms,
        )

    def _said(self, step: Step) -> tuple[str, str]:
        if step.stage == "piece":
            return gettext(PIECES_PART), self._to_piece(step)
        if step.stage == "track":
            return self._to_track(step)
        if step.stage == "holder":
            return gettext("Your part of the work"), self._to_holder(step)
        if step.stage == "right":
            return self._to_right(step)
        return self._gathered(step)

    def _gathered(self, step: Step) -> tuple[str, str]:
        """The title and sentence of a step that leads to no piece, track or holder."""
        return {
            "part": (
                gettext(SHARED_IN_PARTS.get(step.target, "")) or step.target,
                gettext("The contract shares the pool in two ways."),
            ),
            "gathered": (
                gettext(PIECES_PART),
                gettext("What came to the piece in both ways together."),
            ),
            "unattributed": (
                gettext("All that no track accounts for"),
                gettext(
                    "What all pieces of the period earned and no track's influence accounts for: "
                    "%(part)s of the pool."
                )
                % {"part": signs(percent(step.to_atoms, max(self._pool_atoms, 1)))},
            ),
            "guarantee": (
                gettext("What was missing to the guarantee"),
                gettext(
                    "The contract guarantees more than came in; the platform owes the difference."
                ),
            ),
            "work": (
                gettext("An equal part for each work"),
                gettext("The training fee is shared equally among %(n)s works.")
                % {"n": _count(step.weight_total)},
            ),
        }[step.stage]

    def _to_right(self, step: Step) -> tuple[str, str]:
        right = worded(step.target)
        return (
            gettext("The part of the %(right)s") % {"right": right},
            gettext("The contract gives %(part)s of each track's money to the %(right)s.")
            % {"part": in_ppm(step.weight), "right": right},
        )

    def _to_piece(self, step: Step) -> str:
        if step.weighed == "fees":
            return gettext(
                "Customers paid %(part)s for this piece, of %(whole)s for all pieces."
            ) % {"part": self._amount(step.weight), "whole": self._amount(step.weight_total)}
        figures = {"n": _count(step.weight), "whole": _count(step.weight_total)}
        if step.weighed == "boosted uses":
            return (
                gettext(
                    "Uses, weighed as the contract says and measured in parts per billion: %(n)s "
                    "of %(whole)s."
                )
                % figures
            )
        return (
            ngettext(
                "The piece was used %(n)s time, of %(whole)s uses of all pieces in the period.",
                "The piece was used %(n)s times, of %(whole)s uses of all pieces in the period.",
                step.weight,
            )
            % figures
        )

    def _to_track(self, step: Step) -> tuple[str, str]:
        if step.weighed != "ppb":
            title, sentence = _ALIKE[step.weighed]
            return gettext(title), gettext(sentence) % {"n": _count(step.weight_total)}
        said = gettext("Measured in parts per billion: %(part)s of %(whole)s.")
        if step.weight_total != PPB:
            said = gettext(
                "Measured in parts per billion, weighed as the contract says: %(part)s of "
                "%(whole)s."
            )
        figures = {"part": _count(step.weight), "whole": _count(step.weight_total)}
        return gettext("The track's estimated share of the piece"), said % figures

    def _to_holder(self, step: Step) -> str:
        figures = {"part": in_ppm(step.weight), "right": worded(self._line.right_type)}
        if step.weighed == "undisputed ppm":
            return (
                gettext(
                    "Its owners claim more than the whole. %(part)s of the %(right)s is yours "
                    "whatever the others claim; the contested part is held until you agree."
                )
                % figures
            )
        return gettext("You hold %(part)s of the %(right)s.") % figures

    def _amount(self, atoms: int) -> str:
        """A fee: to the cent, unless that would hide something."""
        is_whole = atoms % self._scale.atoms_per_minor == 0
        decimals = self._scale.minor_decimals if is_whole else self._scale.atom_decimals
        return f"{self._scale.currency} {signs(format_amount(atoms, self._scale, decimals))}"

    def _exact(self, atoms: int) -> str:
        return signs(exact_amount(atoms, self._scale).replace("-", MINUS))

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
        return signs(exact_amount(int(further), finer).replace("-", MINUS)) + goes_on


def _count(number: int) -> str:
    return signs(f"{number:,}")


def _rounding(atoms: Fraction) -> str:
    """ "rounded up by 0.333 atoms"; nothing where the split was exact."""
    if not atoms:
        return ""
    thousandths = abs(atoms.numerator) * 1_000 // atoms.denominator
    size = signs(f"0.{thousandths:03d}") if thousandths else gettext("less than 0.001")
    said = (
        gettext("rounded up by %(n)s atoms")
        if atoms > 0
        else gettext("rounded down by %(n)s atoms")
    )
    return said % {"n": size}
