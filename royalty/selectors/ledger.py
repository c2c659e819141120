"""What the books say. Balances are computed from the entries, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, Sum

from catalog.models import Party
from royalty.models import Account, AccountKind, Contract, Entry, Period, Side

Columns = tuple[int, int]  # (debits, credits) in atoms


@dataclass(frozen=True)
class TrialRow:
    """An account over some days, in atoms: what it held before, and what was booked on it."""

    account: Account
    debit_atoms: int
    credit_atoms: int
    opening_atoms: int = 0  # on the account's normal side, as its balance

    @property
    def balance_atoms(self) -> int:
        """At the end of the days; positive on the account's normal side."""
        return self.opening_atoms + on_normal_side(
            self.account, self.debit_atoms, self.credit_atoms
        )


@dataclass(frozen=True)
class TrialBalance:
    """Every account with its columns; in each currency the columns have the same sum."""

    rows: tuple[TrialRow, ...]

    def totals_atoms(self) -> dict[str, Columns]:
        """The columns of each currency."""
        totals: dict[str, Columns] = {}
        for row in self.rows:
            debit, credit = totals.get(row.account.currency, (0, 0))
            totals[row.account.currency] = (debit + row.debit_atoms, credit + row.credit_atoms)
        return totals

    def by_contract(self) -> dict[str, "TrialBalance"]:
        """The same for the accounts of each contract, by its code."""
        rows: dict[str, list[TrialRow]] = {}
        for row in self.rows:
            rows.setdefault(row.account.contract.code, []).append(row)
        return {code: TrialBalance(tuple(its)) for code, its in rows.items()}

    @property
    def is_balanced(self) -> bool:
        return all(debit == credit for debit, credit in self.totals_atoms().values())


def on_normal_side(account: Account, debit_atoms: int, credit_atoms: int) -> int:
    """What two columns come to: positive on the side on which the account grows."""
    difference = debit_atoms - credit_atoms
    return difference if account.normal_side == Side.DEBIT else -difference


def balance(account: Account, as_of: date | None = None) -> int:
    """Atoms on the account at the end of a day or after everything, on its normal side."""
    dated = Q() if as_of is None else Q(journal__posted_on__lte=as_of)
    sums = Entry.objects.filter(dated, account=account).aggregate(
        debit=_sum(Side.DEBIT), credit=_sum(Side.CREDIT)
    )
    return on_normal_side(account, int(sums["debit"]), int(sums["credit"]))


def trial_balance(
    *, since: date | None = None, as_of: date | None = None, contract: Contract | None = None
) -> TrialBalance:
    """All accounts that were used until the end of a day, or until now; one contract's, or all.

    Args:
        since: what was booked before this day makes the opening balances and not the columns.
    """
    wanted = Q() if contract is None else Q(account__contract=contract)
    return TrialBalance(_rows(wanted, since, as_of))


def party_accounts(party: Party, *, as_of: date | None = None) -> tuple[TrialRow, ...]:
    """The accounts of a party under all contracts, at the end of a day or after everything."""
    return _rows(Q(account__party=party), None, as_of)


def _rows(wanted: Q, since: date | None, as_of: date | None) -> tuple[TrialRow, ...]:
    """The accounts with entries until the end of a day, in a stable order."""
    dated = Q() if as_of is None else Q(journal__posted_on__lte=as_of)
    if since is None:
        moved, opened = _columns(wanted & dated), {}
    else:
        moved = _columns(wanted & dated & Q(journal__posted_on__gte=since))
        opened = _columns(wanted & Q(journal__posted_on__lt=since))
    accounts = (
        Account.objects.filter(pk__in=moved.keys() | opened.keys())
        .select_related("contract", "party")
        .order_by("contract__code", "kind", "party__ref", "currency")
    )
    return tuple(
        TrialRow(
            account,
            *moved.get(account.pk, (0, 0)),
            opening_atoms=on_normal_side(account, *opened.get(account.pk, (0, 0))),
        )
        for account in accounts
    )


def _columns(wanted: Q) -> dict[int, Columns]:
    """The debits and credits among some entries, by account."""
    sums = (
        Entry.objects.filter(wanted)
        .values_list("account_id")
        .annotate(debit=_sum(Side.DEBIT), credit=_sum(Side.CREDIT))
    )
    return {account_id: (int(debit), int(credit)) for account_id, debit, credit in sums}


def _sum(side: Side) -> Sum:
    return Sum("amount_atoms", filter=Q(side=side), default=0)


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
