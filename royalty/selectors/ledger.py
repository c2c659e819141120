"""What the books say. Balances are computed from the entries, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, Sum

from royalty.models import Account, AccountKind, Contract, Entry, Period, Side


@dataclass(frozen=True)
class TrialRow:
    """An account's two columns in the trial balance, in atoms."""

    account: Account
    debit_atoms: int
    credit_atoms: int

    @property
    def balance_atoms(self) -> int:
        """Positive on the account's normal side."""
        difference = self.debit_atoms - self.credit_atoms
        return difference if self.account.normal_side == Side.DEBIT else -difference


@dataclass(frozen=True)
class TrialBalance:
    """Every account with its columns; in each currency the columns have the same sum."""

    rows: tuple[TrialRow, ...]

    def totals_atoms(self) -> dict[str, tuple[int, int]]:
        """(debits, credits) in atoms of each currency."""
        totals: dict[str, tuple[int, int]] = {}
        for row in self.rows:
            debit, credit = totals.get(row.account.currency, (0, 0))
            totals[row.account.currency] = (debit + row.debit_atoms, credit + row.credit_atoms)
        return totals

    @property
    def is_balanced(self) -> bool:
        return all(debit == credit for debit, credit in self.totals_atoms().values())


def balance(account: Account, as_of: date) -> int:
    """Atoms on the account at the end of a day, positive on its normal side."""
    sums = Entry.objects.filter(account=account, journal__posted_on__lte=as_of).aggregate(
        debit=Sum("amount_atoms", filter=Q(side=Side.DEBIT), default=0),
        credit=Sum("amount_atoms", filter=Q(side=Side.CREDIT), default=0),
    )
    return TrialRow(account, int(sums["debit"]), int(sums["credit"])).balance_atoms


def trial_balance(*, as_of: date | None = None) -> TrialBalance:
    """All accounts that were ever used, at the end of a day or after everything."""
    dated = Q() if as_of is None else Q(journal__posted_on__lte=as_of)
    columns = (
        Entry.objects.filter(dated)
        .values_list("account_id")
        .annotate(
            debit=Sum("amount_atoms", filter=Q(side=Side.DEBIT), default=0),
            credit=Sum("amount_atoms", filter=Q(side=Side.CREDIT), default=0),
        )
    )
    by_account = {account_id: (int(debit), int(credit)) for account_id, debit, credit in columns}
    accounts = (
        Account.objects.filter(pk__in=by_account)
        .select_related("contract", "party")
        .order_by("contract__code", "kind", "party__ref", "currency")
    )
    return TrialBalance(tuple(TrialRow(account, *by_account[account.pk]) for account in accounts))


def payable_movements(period: Period) -> Mapping[int, int]:
    """What the period's journals changed in what is owed to each party.  {party pk: atoms}"""
    return _payable_sums("journal.period_id = %s", period.contract, period.pk)


def payable_balances(contract: Contract, as_of: date) -> Mapping[int, int]:
    """What is owed to each party under a contract at the end of a day.  {party pk: atoms}"""
    return _payable_sums("journal.posted_on <= %s", contract, as_of)


def _payable_sums(condition: str, contract: Contract, value: int | date) -> Mapping[int, int]:
    query = f"""
        SELECT account.party_id,
               sum(CASE entry.side WHEN 'credit' THEN amount_atoms ELSE -amount_atoms END)::bigint
          FROM royalty_entry entry
          JOIN royalty_account account ON account.id = entry.account_id
          JOIN royalty_journal journal ON journal.id = entry.journal_id
         WHERE account.contract_id = %s AND account.kind = %s AND {condition}
         GROUP BY account.party_id
    """  # noqa: S608 the condition is one of the two above
    with connection.cursor() as cursor:
        cursor.execute(query, [contract.pk, AccountKind.PARTY_PAYABLE, value])
        return dict(cursor.fetchall())
