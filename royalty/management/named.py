"""What people name on the command line, looked up, or refused with what there is."""

from datetime import date

from django.core.management.base import CommandError

from accounts.models import User
from royalty.models import Contract, Invoice, Period

LONGEST_NUMBER = 14  # of year and running number, as the database holds them


def find_contract(code: str) -> Contract:
    """The contract of a code. Raises CommandError where there is none."""
    contract = Contract.objects.filter(code=code).first()
    if contract is None:
        raise CommandError(f"There is no contract {code!r}.")
    return contract


def find_period(contract: Contract, starts_on: date) -> Period:
    """The contract's period that starts on a day. Raises CommandError naming those there are."""
    period = contract.periods.filter(starts_on=starts_on).first()
    if period is None:
        known = ", ".join(f"{found.starts_on}" for found in contract.periods.order_by("starts_on"))
        raise CommandError(
            f"{contract} has no period that starts on {starts_on}; it has {known or 'none'}."
        )
    return period


def find_person(email: str | None) -> User:
    """The person of an e-mail address. Raises CommandError where nobody is named or known."""
    if not email:
        raise CommandError("Say who does it with --by and an e-mail address.")
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no person {email!r}.")
    return user


def find_invoice(number: str) -> Invoice:
    """The invoice or credit note of a number as printed. Raises CommandError where none is."""
    series, _, rest = number.upper().partition("-")
    year, _, running = rest.partition("-")
    found = None
    if year.isdecimal() and running.isdecimal() and len(rest) < LONGEST_NUMBER:
        invoices = Invoice.objects.select_related("contract", "customer", "supplier", "account")
        found = invoices.filter(series=series, year=int(year), number=int(running)).first()
    if found is None:
        raise CommandError(f"There is no invoice {number!r}; a number is as INV-2026-0001.")
    return found
