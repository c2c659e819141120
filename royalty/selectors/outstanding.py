"""Whether a closed period is paid: what of it is still owed to its payees.

Accounts are not kept by period, so the oldest is paid first: whatever left a payee's account after
the period counts against what stood there at its end. Less than a minor unit is never paid out, and
does not count. An amount below a payee's threshold is owed, and is carried forward.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from royalty.models import AccountKind, JournalKind, Period

REMAINING = """
SELECT sum(CASE WHEN period.starts_on <= %(starts_on)s
                THEN CASE entry.side WHEN 'credit' THEN amount_atoms ELSE -amount_atoms END
                WHEN entry.side = 'debit' THEN -amount_atoms
                WHEN reversed.kind = %(payout)s THEN amount_atoms
                ELSE 0 END)::bigint
  FROM royalty_entry entry
  JOIN royalty_account account ON account.id = entry.account_id
  JOIN royalty_journal journal ON journal.id = entry.journal_id
  JOIN royalty_period period ON period.id = journal.period_id
  LEFT JOIN royalty_journal reversed ON reversed.id = journal.reverses_id
 WHERE account.contract_id = %(contract)s AND account.kind = %(payable)s
 GROUP BY account.party_id
"""


@dataclass(frozen=True)
class Outstanding:
    """What a closed period and those before it still owe, in atoms of whole minor units."""

    parties: int
    atoms: int


def outstanding_of(period: Period) -> Outstanding:
    """What of a closed period is owed now."""
    values: dict[str, int | str | date] = {
        "contract": period.contract_id,
        "starts_on": period.starts_on,
        "payable": AccountKind.PARTY_PAYABLE,
        "payout": JournalKind.PAYOUT,
    }
    with connection.cursor() as cursor:
        cursor.execute(REMAINING, values)
        sums = [atoms for (atoms,) in cursor.fetchall()]
    minor = period.contract.money.atoms_per_minor
    owed = [atoms - atoms % minor for atoms in sums if atoms >= minor]
    return Outstanding(len(owed), sum(owed))


def standing_words(period: Period) -> str:
    """How far a period is, in words: its status, and for a closed one whether it is paid."""
    if period.status != Period.Status.CLOSED:
        return _(str(period.status))
    owed = outstanding_of(period)
    is_draft = period.statements.filter(publication__isnull=True).exists()
    if not owed.atoms:
        return _("paid, statements not published") if is_draft else _("paid")
    if is_draft:
        words = ngettext(
            "closed, statements not published, %(amount)s owed to %(count)s party",
            "closed, statements not published, %(amount)s owed to %(count)s parties",
            owed.parties,
        )
    else:
        words = ngettext(
            "closed, %(amount)s owed to %(count)s party",
            "closed, %(amount)s owed to %(count)s parties",
            owed.parties,
        )
    amount = f"{period.contract.money.format_atoms(owed.atoms)} {period.contract.currency}"
    return words % {"amount": amount, "count": f"{owed.parties:,}"}
