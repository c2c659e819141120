"""What a payee's own people say of where its money goes, and for taxes.

Whoever takes over somebody's sign-in wants to send the money elsewhere. So new bank details wait
before they count, everybody who acts for the party is told by e-mail at once, and any of them can
take the details back until then. Nothing is ever changed: payments point at the rows by which they
were made.
"""

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notices.models import Kind
from accounts.notices.services import notify
from catalog.models import Party
from common.database import tenancy
from royalty.documents.pain import BankAccount
from royalty.models import BankDetails, PayeeTax, TakenBack
from royalty.services.news import acting_for
from royalty.services.payees import columns
from royalty.vat import VatError, checked_vat_number

WAIT = timedelta(days=3)
PAGE = "/payment-details/"


class DetailsError(Exception):
    """Details that are not taken; the message says why, `field` where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@tenancy.acting_as(tenancy.SYSTEM)
def change_bank_details(
    *, party: Party, account: BankAccount, user: User, as_of: datetime
) -> BankDetails:
    """Have a party's money go elsewhere after a wait, and tell its people."""
    counts_from = as_of + WAIT
    made = BankDetails.objects.create(
        party=party, entered_by=user, counts_from=counts_from, **columns(account)
    )

    def sentence() -> str:
        said = _(
            "New bank details for %(party)s count from %(day)s. If nobody of you entered them, "
            "take them back."
        )
        return said % {"party": party.name[:100], "day": date_format(counts_from, "DATE_FORMAT")}

    notify(Kind.DETAILS, acting_for([party.pk]), sentence, PAGE)
    return made


@tenancy.acting_as(tenancy.SYSTEM)
def take_back(*, details: BankDetails, user: User, as_of: datetime) -> TakenBack:
    """Have bank details that wait never count, and tell the party's people.

    Raises:
        DetailsError: they count already, or were taken back before.
    """
    if details.counts_from is None or details.counts_from <= as_of:
        raise DetailsError(_("These bank details count already. Enter the right ones instead."))
    taken, is_new = TakenBack.objects.get_or_create(
        details=details, defaults={"by": user, "at": as_of}
    )
    if not is_new:
        raise DetailsError(_("These bank details were taken back before."))
    name = details.party.name[:100]

    def sentence() -> str:
        return _("New bank details for %(party)s were taken back.") % {"party": name}

    notify(Kind.DETAILS, acting_for([details.party_id]), sentence, PAGE)
    return taken


@tenancy.acting_as(tenancy.SYSTEM)
def say_tax_details(
    *, party: Party, country: str, vat_number: str, tax_number: str, user: User
) -> PayeeTax:
    """Keep what a payee says of itself for taxes, and tell its people.

    Raises:
        DetailsError: the VAT number is none of that country.
    """
    checked = ""
    if vat_number.strip():
        try:
            checked = checked_vat_number(country, vat_number)
        except VatError as error:
            raise DetailsError(str(error), "vat_number") from error
    said = PayeeTax.objects.create(
        party=party,
        country=country,
        vat_number=checked,
        tax_number=" ".join(tax_number.split()),
        entered_by=user,
    )
    name = party.name[:100]

    def sentence() -> str:
        return _("The tax details of %(party)s were changed.") % {"party": name}

    notify(Kind.DETAILS, acting_for([party.pk]), sentence, PAGE)
    return said
