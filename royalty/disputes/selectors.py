"""Which correction answers an objection, and which objections a statement's corrections answer."""

from collections.abc import Sequence

from common.database import tenancy
from royalty.disputes.models import Dispute
from royalty.models import Journal, Statement
from royalty.selectors.publishing import published_to


def corrected_on(dispute: Dispute) -> Statement | None:
    """The payee's published statement on which the correction stands; none before there is one.

    A restatement is the operator's; that its journal is in a period is no secret of the payee's.
    """
    if dispute.restatement_id is None:
        return None
    with tenancy.acting_as(tenancy.SYSTEM):
        journal = Journal.objects.filter(restatement=dispute.restatement_id).first()
        if journal is None:  # lines changed and no account did
            return None
        found = published_to([dispute.party]).filter(period=journal.period_id)
        return found.select_related("period__contract").order_by("-version").first()


def answered_on(statement: Statement) -> Sequence[Dispute]:
    """The payee's objections whose corrections stand on a statement."""
    with tenancy.acting_as(tenancy.SYSTEM):
        return list(
            Dispute.objects.filter(
                party=statement.party_id, restatement__journal__period=statement.period_id
            ).order_by("pk")
        )
