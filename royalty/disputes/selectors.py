"""Which correction answers an objection, and which objections a statement's corrections answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.database import tenancy
from royalty.disputes.models import Dispute
from royalty.models import AccountKind, Entry, Journal, Side, Statement
from royalty.selectors.publishing import published_to


@dataclass(frozen=True)
class Correction:
    """What a restatement moved for the payee, and the published statement on which it stands."""

    statement: Statement
    atoms: int


def correction_of(dispute: Dispute) -> Correction | None:
    """The correction of an objection; none before a published statement tells of it.

    A restatement is the operator's; what it moved on the payee's account is no secret of theirs.
    """
    if dispute.restatement_id is None:
        return None
    with tenancy.acting_as(tenancy.SYSTEM):
        journal = Journal.objects.filter(restatement=dispute.restatement_id).first()
        if journal is None:  # lines changed and no account did
            return None
        told = published_to([dispute.party]).filter(period=journal.period_id)
        statement = told.select_related("period__contract").order_by("-version").first()
        if statement is None:
            return None
        own = Entry.objects.filter(
            journal=journal,
            account__kind=AccountKind.PARTY_PAYABLE,
            account__party=dispute.party_id,
        )
        amounts = [
            atoms if side == Side.CREDIT else -atoms
            for side, atoms in own.values_list("side", "amount_atoms")
        ]
    return Correction(statement, sum(amounts))


def answered_on(statement: Statement) -> Sequence[Dispute]:
    """The payee's objections whose corrections stand on a statement."""
    with tenancy.acting_as(tenancy.SYSTEM):
        return list(
            Dispute.objects.filter(
                party=statement.party_id, restatement__journal__period=statement.period_id
            ).order_by("pk")
        )
