"""Money in: the platform is invoiced for its closed month, and its bank's statement is read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from accounts.models import User
from demo.accounting import ACCOUNTANT, SIGNED_ON, Books
from demo.bank import Credit, statement
from demo.economy import MONTH_END
from demo.payees import (
    EURO,
    OWN_ACCOUNT,
    PLATFORM_ACCOUNT,
    Agreed,
    euros,
    example_iban,
    exchange_addresses,
    settle_in,
)
from demo.show import Show
from royalty.models import AccountKind, Contract, Invoice
from royalty.selectors.ledger import trial_balance
from royalty.selectors.receivables import due, open_atoms, open_invoices
from royalty.services import periods
from royalty.services.receivables import issue_invoice, take_bank_file

NEXT_MONTH_END = date(2026, 12, 1)
INVOICED_ON = date(2026, 11, 5)
COLLECTED_AT = datetime(2026, 11, 9, 9, tzinfo=UTC)


def collect(show: Show, books: Books, home: Path) -> None:
    """Invoice the month and take the platform's payment in; what is done already is only read."""
    with show.stage("Invoice the platform, and read what its bank sent") as stage:
        contracts = [period.contract for period in books.periods]
        parties = [statement.party for statement in books.statements]
        accountant = User.objects.get(email=ACCOUNTANT)
        for contract in contracts:
            _open_next_month(contract)
        settle_in({party.pk: party for party in parties}.values(), Agreed(SIGNED_ON), accountant)
        exchange_addresses(contracts[0].platform, accountant)
        for contract in contracts:
            if due(contract) is not None:
                issue_invoice(contract=contract, user=accountant, issued_on=INVOICED_ON)
        _take_in(contracts, home / "demo" / "bank", accountant)
        stage.outcome = _outcome(contracts)


def _outcome(contracts: Sequence[Contract]) -> str:
    invoices = list(Invoice.objects.filter(contract__in=contracts).order_by("pk"))
    labels = ", ".join(str(each) for each in invoices)
    gross = sum(each.gross_atoms for each in invoices)
    still_open = sum(open_atoms(each) for each in invoices)
    return f"{labels}: {euros(gross)}, of which {euros(gross - still_open)} came in (camt.053)"


def _open_next_month(contract: Contract) -> None:
    """What happens after a month is posted in one that is open."""
    if not contract.periods.filter(starts_on=MONTH_END).exists():
        periods.open_period(contract=contract, starts_on=MONTH_END, ends_on=NEXT_MONTH_END)


def _take_in(contracts: list[Contract], folder: Path, user: User) -> None:
    day, name = COLLECTED_AT.date(), f"{COLLECTED_AT:%Y%m%d}-{contracts[0].service}"
    found = open_invoices(day, contract__in=contracts)
    if found:
        paid = {each.invoice: each.open_atoms // EURO.atoms_per_minor for each in found}
        path = folder / f"{name}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bank_statement(name, day, paid))
        content = path.read_bytes()
        take_bank_file(content=content, name=path.name, user=user, as_of=COLLECTED_AT)


def bank_statement(name: str, day: date, paid_cents: Mapping[Invoice, int]) -> bytes:
    """A camt.053 of a day on which the platform pays invoices, each with its reference.

    It opens with what the books have in the bank.
    """
    rows = trial_balance(as_of=day).rows
    atoms = sum(row.balance_atoms for row in rows if row.account.kind == AccountKind.BANK)
    payer = example_iban(PLATFORM_ACCOUNT)
    return statement(
        name=name,
        iban=example_iban(OWN_ACCOUNT),
        day=day,
        opening=Decimal(atoms // EURO.atoms_per_minor) / 100,
        credits=[
            Credit(Decimal(cents) / 100, each.customer.name, payer, each.reference)
            for each, cents in paid_cents.items()
        ],
    )
