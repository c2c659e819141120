"""Telling payees' people what happened with their money; on the page of notices and by e-mail."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from accounts.notices.models import Kind
from accounts.notices.services import notify
from catalog.models import Representation
from royalty.models import Payout, PayoutBatch, Period


def tell_published(period: Period, parties: Collection[int]) -> None:
    """Statements can be read. The e-mails are those of the publication itself."""
    contract, label = period.contract.name, period.label

    def sentence() -> str:
        said = _("A statement is ready: %(contract)s, %(period)s.")
        return said % {"contract": contract, "period": label}

    notify(Kind.STATEMENT, acting_for(parties), sentence, "/statements/", by_mail=False)


def tell_sent(batch: PayoutBatch) -> None:
    """The bank was asked to pay everybody of a batch."""
    paid = batch.payouts.exclude(status=Payout.Status.OFFSET).values_list("party_id", flat=True)

    def sentence() -> str:
        return _("A payment is on its way to your bank account.")

    notify(Kind.PAYOUT, acting_for(list(paid)), sentence, "/balance/")


def tell_returned(payout: Payout) -> None:
    """A payment came back, so that somebody should look at the bank details."""

    def sentence() -> str:
        return _("A payment came back from your bank. Check your bank details.")

    notify(Kind.PAYOUT, acting_for([payout.party_id]), sentence, f"/payments/{payout.pk}/")


def acting_for(parties: Collection[int]) -> list[int]:
    """The organisations that act for some parties, both by primary key."""
    found = Representation.objects.filter(party__in=parties)
    return sorted(set(found.values_list("organisation_id", flat=True)))
