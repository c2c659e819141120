"""Entering how an invoice names the platform that gets it and the house that writes it."""

from dataclasses import asdict

from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Platform
from royalty.documents.pain import Address, BankDetailsError, check_iban, compact
from royalty.models import BillingDetails
from royalty.services.receivables.errors import ReceivableError
from royalty.vat import VatError, checked_vat_number


def enter_billing_details(
    *,
    platform: Platform | None,
    name: str,
    address: Address,
    vat_number: str = "",
    iban: str = "",
    user: User | None = None,
) -> BillingDetails:
    """How invoices name a platform (or, for None, the house) from now on.

    Args:
        iban: from which the platform pays, so that its receipts are recognised; may be empty.

    Raises:
        ReceivableError: no name, or a VAT number or IBAN that cannot be right.
    """
    if not name.strip():
        raise ReceivableError(_("An invoice names whom it is from and for; enter the name."))
    try:
        vat = checked_vat_number(address.country, vat_number)
        if iban:
            check_iban(compact(iban))
    except (VatError, BankDetailsError) as error:
        raise ReceivableError(str(error)) from error
    return BillingDetails.objects.create(
        platform=platform,
        name=name.strip(),
        **asdict(address),
        vat_number=vat,
        iban=compact(iban),
        entered_by=user,
    )
