"""Made-up partners: terms, bank accounts and addresses for the parties of a demonstration.

All of it is invented. German bank codes begin with 1 to 8, so the accounts here, whose bank code
begins with 9, are valid in form (ISO 13616) and can belong to nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from stdnum.iso7064 import mod_11_10

from accounts.models import User
from catalog.models import Party, Platform
from royalty.documents import Scale, format_amount
from royalty.documents.pain import Address, BankAccount
from royalty.models import BankDetails, BillingDetails, PayeeTerms, PayingAccount
from royalty.services.payees import agree_terms, enter_bank_details, enter_paying_account
from royalty.services.receivables import enter_billing_details

CURRENCY = "EUR"
EURO = Scale(CURRENCY, 2, 1_000_000)
EXAMPLE_BANK_CODE = "99999999"
VAT_DIGITS = "99999999"  # of a made-up number; the check digit is added
NAME_LENGTH = 35  # banks take 70 signs, and a letter like ß becomes two
OWN_ACCOUNT, PLATFORM_ACCOUNT = 1, 2  # payees have later ones
OFFICE = "Tantieme demo office"
FIRST_PAYEE_ACCOUNT = 1_000


@dataclass(frozen=True)
class Agreed:
    """What is agreed with every payee of a demonstration."""

    since: date
    admin_fee_ppm: int = 100_000
    threshold_minor: int = 500
    crosses_contracts: bool = False


def settle_in(parties: Iterable[Party], agreed: Agreed, user: User) -> None:
    """Agree terms with parties that have none, and enter accounts where there is none yet."""
    with transaction.atomic():
        if not PayingAccount.objects.filter(currency=CURRENCY).exists():
            own = example_account(OFFICE, OWN_ACCOUNT)
            enter_paying_account(code=CURRENCY, account=own, user=user)
        with_terms = set(PayeeTerms.objects.values_list("party_id", flat=True))
        with_bank = set(BankDetails.objects.values_list("party_id", flat=True))
        for party in parties:
            if party.pk not in with_terms:
                agree_terms(_terms(party, agreed))
            if party.pk not in with_bank:
                account = example_account(party.name, FIRST_PAYEE_ACCOUNT + party.pk)
                enter_bank_details(party=party, account=account, user=user)


def exchange_addresses(platform: Platform, user: User) -> None:
    """Enter how invoices name the house and the platform, where that is not done yet."""
    number = f"DE{VAT_DIGITS}{mod_11_10.calc_check_digit(VAT_DIGITS)}"
    for whose, account in (
        (None, example_account(OFFICE, OWN_ACCOUNT)),
        (platform, example_account(f"{platform.name} (example)", PLATFORM_ACCOUNT)),
    ):
        if not BillingDetails.objects.filter(platform=whose).exists():
            enter_billing_details(
                platform=whose,
                name=account.name,
                address=account.address,
                vat_number=number,
                iban=account.iban if whose else "",
                user=user,
            )


def _terms(party: Party, agreed: Agreed) -> PayeeTerms:
    return PayeeTerms(
        party=party,
        currency=CURRENCY,
        admin_fee_ppm=agreed.admin_fee_ppm,
        threshold_minor=agreed.threshold_minor,
        crosses_contracts=agreed.crosses_contracts,
        valid_from=agreed.since,
    )


def example_account(owner: str, number: int) -> BankAccount:
    """An account that cannot exist, with an address to match; the number tells accounts apart."""
    address = Address(
        town="Musterstadt",
        country="DE",
        street="Beispielweg",
        building=str(number),
        postcode="12345",
    )
    return BankAccount(owner[:NAME_LENGTH], example_iban(number), address)


def example_iban(number: int) -> str:
    """The IBAN of a German account at a bank that there is not, with its check digits."""
    account = f"{EXAMPLE_BANK_CODE}{number:010d}"
    country = "".join(str(int(letter, 36)) for letter in "DE")
    check = 98 - int(f"{account}{country}00") % 97
    return f"DE{check:02d}{account}"


def euros(atoms: int) -> str:
    """An amount in words, rounded to cents for print alone."""
    return f"{format_amount(atoms, EURO)} {CURRENCY}"
