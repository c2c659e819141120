"""From a line of a statement to the evidence for it."""

from django.utils.translation import gettext_lazy

from attribution.selectors.evidence import Evidence, NoEvidence, evidence_of
from royalty.documents import LineSource, StatementLine
from royalty.models import Statement

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
