"""Verifying the books from outside: everything is recomputed, and what is wrong is named.

The database's guards stop everyone but a superuser; this finds what a superuser did. It trusts no
guard and no stored figure: journals are balanced again, their contents are hashed again, closed
periods are apportioned again from their snapshots and compared with what was posted, reported and
stated. Whoever can also forge the snapshots, the hashes and the statements all at once is beyond
it; that takes a copy outside this database.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from royalty.apportionment import SnapshotError
from royalty.models import Journal, Period, Statement
from royalty.selectors.credits import credits_of, posted_credits
from royalty.selectors.facts import reported_totals
from royalty.selectors.ledger import payable_balances
from royalty.selectors.runs import books_of, current_run, lines_sha256

# Each finds rows that the guards would have refused: a name, and a sentence about it.
QUERIES = (
    """SELECT journal.idempotency_key, 'has no seal'
         FROM royalty_journal journal LEFT JOIN royalty_journalseal seal
           ON seal.journal_id = journal.id
        WHERE seal.journal_id IS NULL""",
    """SELECT seal.journal_id::text, 'is sealed, but there is no such journal'
         FROM royalty_journalseal seal LEFT JOIN royalty_journal journal
           ON journal.id = seal.journal_id
        WHERE journal.id IS NULL""",
    """SELECT entry.id::text, 'is an entry of no journal or on no account'
         FROM royalty_entry entry
         LEFT JOIN royalty_journal journal ON journal.id = entry.journal_id
         LEFT JOIN royalty_account account ON account.id = entry.account_id
        WHERE journal.id IS NULL OR account.id IS NULL""",
    """SELECT journal.idempotency_key,
              'was sealed with ' || seal.entry_count || ' entries and has ' || count(entry.id)
         FROM royalty_journal journal
         JOIN royalty_journalseal seal ON seal.journal_id = journal.id
         LEFT JOIN royalty_entry entry ON entry.journal_id = journal.id
        GROUP BY journal.id, seal.journal_id
       HAVING count(entry.id) <> seal.entry_count OR count(entry.id) < 2""",
    """SELECT journal.idempotency_key,
              'is out of balance by '
              || sum(CASE entry.side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END)
              || ' atoms in ' || entry.currency
         FROM royalty_journal journal JOIN royalty_entry entry ON entry.journal_id = journal.id
        GROUP BY journal.id, entry.currency
       HAVING sum(CASE entry.side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END) <> 0""",
    """SELECT journal.idempotency_key,
              'has an entry that is not positive, or not in the currency of its account, or on an '
              'account of another contract'
         FROM royalty_journal journal
         JOIN royalty_period period ON period.id = journal.period_id
         JOIN royalty_entry entry ON entry.journal_id = journal.id
         JOIN royalty_account account ON account.id = entry.account_id
        WHERE entry.amount_atoms <= 0 OR entry.currency <> account.currency
           OR account.contract_id <> period.contract_id
        GROUP BY journal.id""",
    """SELECT journal.idempotency_key, 'is dated outside its period'
         FROM royalty_journal journal JOIN royalty_period period ON period.id = journal.period_id
        WHERE journal.posted_on < period.starts_on OR journal.posted_on >= period.ends_on""",
    """SELECT journal.idempotency_key, 'does not mirror the journal that it reverses'
         FROM royalty_journal journal
        WHERE reverses_id IS NOT NULL AND EXISTS (
              SELECT account_id, currency,
                     sum(CASE side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END)
                FROM royalty_entry WHERE journal_id IN (journal.id, journal.reverses_id)
               GROUP BY account_id, currency
              HAVING sum(CASE side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END) <> 0)""",
)
# The triggers that must fire for everyone, on the tables that they guard.
GUARDS = {
    ("append_only", table)
    for table in (
        *("royalty_account", "royalty_journal", "royalty_entry", "royalty_journalseal"),
        *("royalty_usageevent", "royalty_revenueevent"),
        *("royalty_intakefile", "royalty_allocationrun"),
    )
} | {
    ("admit_journal", "royalty_journal"),
    ("royalty_journal_is_whole", "royalty_journal"),
    ("refuse_late_entries", "royalty_entry"),
    ("guard_period", "royalty_period"),
    ("admit_events", "royalty_usageevent"),
    ("admit_events", "royalty_revenueevent"),
}


def verify_ledger() -> list[str]:
    """Everything that is wrong with the books, one sentence each; none if they are right."""
    return [*_guards_off(), *_refusable_rows(), *_altered_journals(), *_wrong_periods()]


def _guards_off() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgenabled = 'A' AND NOT tgisinternal"
        )
        standing = set(cursor.fetchall())
    for name, table in sorted(GUARDS - standing):
        yield f"The guard {name} of {table} is off or gone."


def _refusable_rows() -> Iterator[str]:
    with connection.cursor() as cursor:
        for query in QUERIES:
            cursor.execute(query)
            yield from (f"{name} {sentence}." for name, sentence in cursor.fetchall())


def _altered_journals() -> Iterator[str]:
    """Journals whose content is not what was posted, even where the sums still agree."""
    journals = Journal.objects.prefetch_related("entries").order_by("pk")
    for journal in journals.iterator(chunk_size=500):
        legs = [
            (entry.account_id, entry.side, entry.amount_atoms, entry.currency)
            for entry in journal.entries.all()
        ]
        if journal.content_sha256(legs) != journal.request_sha256:
            yield f"{journal} no longer says what was posted: its hash differs."


def _wrong_periods() -> Iterator[str]:
    """Closed periods that do not follow from their snapshots, events and statements any more."""
    closed = Period.objects.filter(status=Period.Status.CLOSED).order_by("starts_on", "pk")
    for period in closed.select_related("contract"):
        yield from _wrong_runs(period)
        yield from _wrong_statements(period)


def _wrong_runs(period: Period) -> Iterator[str]:
    """The run that counts comes out as recorded, saw every event, and is what was posted."""
    run = current_run(period)
    try:
        books = books_of(run)
    except SnapshotError as error:
        yield f"{period}: {error}"
        return
    if lines_sha256(books.allocation) != run.lines_sha256:
        yield f"{period}: its lines come out differently from what run {run.pk} recorded."
    if (run.use_count, run.gross_atoms) != reported_totals(period):
        yield f"{period}: uses or revenue are not those that run {run.pk} saw."
    expected, posted = credits_of(books), posted_credits(period)
    for target in sorted(expected.keys() | posted.keys()):
        if expected.get(target, 0) != posted.get(target, 0):
            yield (
                f"{period}: {' '.join(target).strip()} has {posted.get(target, 0)} atoms in the "
                f"books, but {expected.get(target, 0)} follow from the snapshot."
            )


def _wrong_statements(period: Period) -> Iterator[str]:
    opening = payable_balances(period.contract, period.starts_on - timedelta(days=1))
    closing = payable_balances(period.contract, period.last_day)
    for statement in Statement.objects.filter(period=period).order_by("pk").iterator():
        said = (statement.opening_atoms, statement.closing_atoms)
        booked = (opening.get(statement.party_id, 0), closing.get(statement.party_id, 0))
        if said != booked:
            yield (
                f"Statement {statement.pk} says {said[0]} to {said[1]} atoms, the books say "
                f"{booked[0]} to {booked[1]}."
            )
