"""The axioms that an allocation model may claim; the tests hold each model to exactly its claims.

Words only: what the claim is, in one sentence for accountants. docs/concepts/allocation-models.md
shows who claims which; tests/apportionment/axioms.py tries to break each.
"""

from enum import Enum


class Axiom(Enum):
    """A property of how a pool becomes revenue of pieces or tracks; up to rounding of atoms."""

    CONSERVATION = "No atom appears or disappears."
    SIGN = "No part runs against the sign of the pool, and a refund mirrors its charge."
    ANONYMITY = "Names and their order do not matter, except in ties."
    SHELLS = "A holder who splits into several companies earns the same."
    ADDITIVITY = "Two pools over the same uses pay what their sum pays."
    NO_USE_NO_PAY = "A piece that nobody used earns nothing."
    MORE_USE = "A piece never earns less because it is used more."
    PIECE_SPLIT = "Releasing a piece as two that share its uses or fees earns the same."
    INTENSITY = "How much one subscriber uses overall does not matter, only what."
    EQUAL_IS_PRO_RATA = "With equal fees and equal totals of uses it pays what pro-rata pays."
    NO_PROFIT_FROM_FAKES = "Fake subscribers who pay equal fees bring nobody more than those fees."
    NO_PROFIT_FROM_BRIBES = (
        "With equal fees, changing what one subscriber uses moves at most that fee to anybody."
    )


ALWAYS = frozenset({Axiom.CONSERVATION, Axiom.SIGN, Axiom.ANONYMITY, Axiom.SHELLS})
