"""Verifying the books from outside: everything is recomputed, and what is wrong is named.

The database's guards stop everyone but a superuser; this finds what a superuser did. It trusts no
guard and no stored figure: journals are balanced again, their contents are hashed again, closed
periods are apportioned again from their snapshots and compared with what was posted, reported and
stated, and their roots are derived again. Whoever can also forge the snapshots, the hashes, the
statements and the roots all at once is beyond it; that takes a list of roots that was published
(`manage.py roots --compare`).
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection

from royalty.apportionment import SnapshotError
from royalty.models import Journal, Period
from royalty.selectors.credits import credits_of, posted_credits
from royalty.selectors.facts import reported_totals
from royalty.selectors.proofs import wrong_root
from royalty.selectors.refusable_rows import QUERIES
from royalty.selectors.runs import Books, books_of, current_run, lines_sha256
from royalty.selectors.snapshots import right_ppm
from royalty.selectors.stated import wrong_statements
from royalty.selectors.verified_payouts import wrong_payouts
from royalty.selectors.verified_receivables import GUARDS as GUARDS_OF_RECEIVABLES
from royalty.selectors.verified_receivables import wrong_receivables

# The triggers that must fire for everyone, on the tables that they guard.
GUARDS = {
    ("append_only", table)
    for table in (
        *("royalty_account", "royalty_journal", "royalty_entry", "royalty_journalseal"),
        *("royalty_usageevent", "royalty_revenueevent"),
        *("royalty_intakefile", "royalty_allocationrun", "royalty_heldrelease"),
        *("royalty_restatement", "royalty_statementfile", "royalty_holddecision"),
        "royalty_exchangerate",
        *("royalty_publication", "royalty_notice"),
        *("royalty_periodroot", "royalty_periodsecret"),
        *("royalty_bankdetails", "royalty_payingaccount", "royalty_payeeterms"),
        *("royalty_withholding", "royalty_payoutbatch", "royalty_payout", "royalty_payoutpart"),
    )
} | {
    ("admit_journal", "royalty_journal"),
    ("royalty_journal_is_whole", "royalty_journal"),
    ("refuse_late_entries", "royalty_entry"),
    ("guard_period", "royalty_period"),
    ("guard_release", "royalty_heldrelease"),
    ("guard_hold", "royalty_usagehold"),
    ("own_corrections", "royalty_usageevent"),
    ("own_corrections", "royalty_revenueevent"),
    ("refuse_disputed", "royalty_heldrelease"),
    ("refuse_to_payer", "royalty_heldrelease"),
    ("guard_batch", "royalty_payoutbatch"),
    ("guard_payout", "royalty_payout"),
    ("admit_part", "royalty_payoutpart"),
    ("admit_events", "royalty_usageevent"),
    ("admit_events", "royalty_revenueevent"),
    ("admit_root", "royalty_periodroot"),
    ("admit_restatement", "royalty_restatement"),
    ("admit_version", "royalty_statement"),
    ("admit_publication", "royalty_publication"),
    ("guard_draft", "royalty_statement"),
    ("guard_notice", "royalty_notice"),
}


def verify_ledger() -> list[str]:
    """Everything that is wrong with the books, one sentence each; none if they are right."""
    return [
        *_guards_off(),
        *_rules_gone(),
        *_refusable_rows(),
        *_altered_journals(),
        *_wrong_periods(),
        *wrong_payouts(),
        *wrong_receivables(),
    ]


def _guards_off() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgenabled = 'A' AND NOT tgisinternal"
        )
        standing = set(cursor.fetchall())
    for name, table in sorted((GUARDS | GUARDS_OF_RECEIVABLES) - standing):
        yield f"The guard {name} of {table} is off or gone."


def _rules_gone() -> Iterator[str]:
    """Constraints and policies that the program declares and the database no longer has."""
    models = list(apps.get_app_config("royalty").get_models())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE convalidated"
            " UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
        )
        standing = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY (%s)"
            " AND NOT (relrowsecurity AND relforcerowsecurity)",
            [[model._meta.db_table for model in models]],
        )
        open_to_all = [name for (name,) in cursor.fetchall()]
    declared = {rule.name for model in models for rule in model._meta.constraints}
    for name in sorted(declared - standing):
        yield f"The rule {name} is gone."
    for name in sorted(open_to_all):
        yield f"The table {name} no longer asks who looks: row-level security is off."


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
        try:
            yield from _wrong_runs(period)
            yield from wrong_root(period)
        except SnapshotError as error:
            yield f"{period}: {error}"
        yield from wrong_statements(period)


def _wrong_runs(period: Period) -> Iterator[str]:
    """The run that counts comes out as recorded, saw every event, and is what was posted."""
    run = current_run(period)
    books = books_of(run)
    if lines_sha256(books.allocation) != run.lines_sha256:
        yield f"{period}: its lines come out differently from what run {run.pk} recorded."
    known = (run.use_count + run.left_out_uses, run.gross_atoms)
    if known != reported_totals(period, run.last_intake_file):
        yield f"{period}: uses or revenue are not those that run {run.pk} saw."
    yield from _other_terms(books)
    if books.allocation.guarantee_atoms != run.guarantee_atoms:
        yield (
            f"{period}: run {run.pk} says that {run.guarantee_atoms} atoms are owed on top, but "
            f"{books.allocation.guarantee_atoms} follow from the contract's guarantee."
        )
    expected, posted = credits_of(books), posted_credits(period)
    for target in sorted(expected.keys() | posted.keys()):
        if expected.get(target, 0) != posted.get(target, 0):
            yield (
                f"{period}: {' '.join(target).strip()} has {posted.get(target, 0)} atoms in the "
                f"books, but {expected.get(target, 0)} follow from the snapshot."
            )


def _other_terms(books: Books) -> Iterator[str]:
    """Terms of the contract that are not those which its run's snapshot was taken under."""
    contract, snapshot = books.run.period.contract, books.snapshot
    said = (dict(snapshot.parameters), snapshot.right_ppm.tolist())
    if said != (contract.model_parameters, right_ppm(contract).tolist()):
        yield (
            f"{books.run.period}: its contract states other parameters, or another part for the "
            "composition, than when it was apportioned."
        )
