"""From a line of a statement to the evidence for it."""

from collections import Counter

from django.utils.translation import gettext_lazy

from attribution.selectors.evidence import Evidence, NoEvidence, evidence_of, vetoed_with
from royalty.documents import LineSource, StatementLine
from royalty.models import Statement
from royalty.selectors.runs import kept_books_of

FALLBACK = gettext_lazy(
    "This amount comes from the contract's fallback: no track accounts for that part of what the "
    "pieces earned, so it was shared among all tracks that the model was trained on. Nothing was "
    "measured for it, and so there is nothing to hear."
)


def evidence_for(statement: Statement, line: StatementLine) -> Evidence:
    """The evidence for a line of a statement.

    Raises:
        NoEvidence: nothing was measured for it; the message says why.
    """
    if line.source is not LineSource.ATTRIBUTED or line.generation_id is None:
        raise NoEvidence(str(FALLBACK))
    return evidence_of(
        statement.run.attribution_runs,
        platform_id=statement.period.contract.platform_id,
        external_id=line.generation_id,
        track_ref=line.track_id,
    )


def vetoed_for(statement: Statement, line: StatementLine) -> dict[str, int]:
    """Why shares of the track in the period's pieces were not paid: objections to the runs that
    gave them, and to how many pieces each applies. Empty for a line that was measured.
    """
    if line.source is not LineSource.FALLBACK:
        return {}
    pieces = set(kept_books_of(statement.run).snapshot.generation_ids)
    vetoed = vetoed_with(
        line.track_id,
        platform_id=statement.period.contract.platform_id,
        before=statement.run.computed_at,
    )
    counted: Counter[str] = Counter()
    for piece, objections in vetoed.items():
        if piece in pieces:
            counted.update(objections)
    return dict(counted.most_common())
