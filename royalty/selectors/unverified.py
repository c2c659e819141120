"""Pieces of a period whose money is held because their platform computed their features itself.

The platform pays by what these features say, so nothing is paid by them before they are verified
(`attribution.services.verification`), unless the contract says so (`UnverifiedFeatures`).
"""

from royalty.models import Contract, FallbackRule, UnverifiedFeatures
from royalty.selectors.facts import PeriodFacts

REFUTED = "refuted"


def held_pieces(facts: PeriodFacts, contract: Contract) -> dict[int, str]:
    """The standing of the features of each piece whose money is held, by position."""
    term = UnverifiedFeatures(contract.unverified_features)
    held = {
        piece.position: piece.standing
        for piece in facts.attributions
        if piece.standing and not term.accepts(piece.standing)
    }
    return held | dict.fromkeys(_refuted(facts, contract, term), REFUTED)


def _refuted(facts: PeriodFacts, contract: Contract, term: UnverifiedFeatures) -> set[int]:
    """Pieces without an attribution that counts, because the platform's features were refuted.

    They go where the contract sends what no track accounts for. But whoever sent features that are
    not the piece's must not have its money back for it, so then it is held.
    """
    if term is UnverifiedFeatures.PAY or contract.fallback != FallbackRule.PLATFORM:
        return set()
    return set(facts.refuted) - {piece.position for piece in facts.attributions}


def held_sentence(generation: str, standing: str) -> str:
    """For the person who reviews."""
    return (
        f"Generation {generation}: the features that its platform computed are {standing}; all it "
        "earned is held until they are verified."
    )
