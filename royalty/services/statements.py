"""Statements: issued when a period is closed, rendered by workers, rendered again at any time.

Issuing stores totals. Rendering derives every line again from the run's snapshot, refuses lines
that do not add up to those totals, and refuses to put other bytes in the place of a document that
was rendered before: what a payee was told stays what it was.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from catalog.models import Party
from common.hashing import sha256_bytes
from common.jobs.dispatch import enqueue
from common.storage import put
from royalty.apportionment import LineKind, SnapshotError
from royalty.documents import (
    StatementError,
    statement_csv,
    statement_json,
    statement_pdf,
    statement_rdr,
    statement_tsv,
    statement_xlsx,
)
from royalty.models import DocumentKind, Period, Statement, StatementFile
from royalty.selectors.ledger import payable_balances, payable_movements
from royalty.selectors.lines import party_lines
from royalty.selectors.payable import settled_movements
from royalty.selectors.proofs import FIRST_VERSION, NoProofError, statement_proof
from royalty.selectors.runs import Books, kept_books_of
from royalty.selectors.statement_document import statement_document
from royalty.services.by_hand import ByHandError, checked_reason
from royalty.services.runs import PeriodError

SLUG_LENGTH = 80
AMOUNTS = (
    *("opening_atoms", "attributed_atoms", "fallback_atoms", "guarantee_atoms"),
    *("adjustment_atoms", "settled_atoms", "closing_atoms"),
)


class RenderingError(Exception):
    """A statement that cannot be rendered as it was issued; the message says why."""


def issue(books: Books) -> list[Statement]:
    """Write a statement for every party whose account the period changed, and have it rendered.

    The journals are posted already: opening and closing balances are those of the ledger.
    """
    run, period = books.run, books.run.period
    movements, settled = payable_movements(period), settled_movements(period)
    opening = payable_balances(period.contract, period.starts_on - timedelta(days=1))
    attributed = books.party_sums(LineKind.ATTRIBUTED)
    fallback = books.party_sums(LineKind.FALLBACK_EQUAL)
    training = books.party_sums(LineKind.TRAINING_FEE)
    guaranteed = books.party_sums(LineKind.GUARANTEE)
    statements = []
    for party in Party.objects.filter(pk__in=movements).order_by("ref"):
        moved_atoms, opening_atoms = movements[party.pk], opening.get(party.pk, 0)
        without_piece = fallback.get(party.ref, 0) + training.get(party.ref, 0)
        earned = attributed.get(party.ref, 0), without_piece, guaranteed.get(party.ref, 0)
        settled_atoms = settled.get(party.pk, 0)
        statements.append(
            Statement(
                period=period,
                run=run,
                party=party,
                currency=period.contract.currency,
                opening_atoms=opening_atoms,
                attributed_atoms=earned[0],
                fallback_atoms=earned[1],
                guarantee_atoms=earned[2],
                adjustment_atoms=moved_atoms - sum(earned) - settled_atoms,
                settled_atoms=settled_atoms,
                closing_atoms=opening_atoms + moved_atoms,
            )
        )
    issued = Statement.objects.bulk_create(statements, batch_size=5_000)
    for statement in issued:
        request_rendering(statement)
    return issued


@transaction.atomic
def reissue(*, statement: Statement, reason: str, user: User) -> Statement:
    """Issue a later version with the same amounts, because a document was wrong: a misspelt name,
    a rendering fault. It is a draft until it is published; the earlier versions stay.

    Amounts that are wrong are no matter of versions: restate the period.

    Raises:
        PeriodError: no reason is given, or the last version is not published yet.
    """
    try:
        told = checked_reason(reason)
    except ByHandError as error:
        raise PeriodError(str(error)) from error
    Period.objects.select_for_update(of=("self",)).get(pk=statement.period_id)
    issued = Statement.objects.filter(period=statement.period_id, party=statement.party_id)
    last = issued.select_related("period__contract", "party").latest("version")
    if last.publication_id is None:
        raise PeriodError(f"{last} is a draft still; publish it before another version follows.")
    again = Statement.objects.create(
        period=last.period,
        run=last.run,
        party=last.party,
        version=last.version + 1,
        currency=last.currency,
        reason=told,
        reissued_by=user,
        **{name: getattr(last, name) for name in AMOUNTS},
    )
    request_rendering(again)
    return again


def request_rendering(statement: Statement) -> None:
    """Have a worker render the statement's documents."""
    enqueue(
        "royalty.render_statement",
        {"statement": statement.pk},
        queue="documents",
        key=f"statement:{statement.pk}",
    )


def render_statement(*, statement: Statement, as_of: datetime) -> Statement:
    """Write the statement's documents; done again, it writes the same bytes.

    Raises:
        RenderingError: its lines cannot be derived, do not add up to what was issued, are not
            among the leaves of its period, or the documents would differ from those that were
            rendered before.
    """
    try:
        documents = _documents(statement)
    except (SnapshotError, StatementError, NoProofError) as error:
        raise RenderingError(f"{statement} cannot be rendered: {error}") from error
    issued = dict(statement.files.values_list("kind", "sha256"))
    for kind, (name, content) in documents.items():
        if issued.get(kind) not in (None, sha256_bytes(content)):
            raise RenderingError(
                f"{name} would differ from what was issued, because a name, a title or the "
                "program changed; keep the issued file, and issue corrections in an open period."
            )
    for name, content in documents.values():
        put(name, content)
    StatementFile.objects.bulk_create(
        (
            StatementFile(
                statement=statement,
                kind=kind,
                name=name,
                sha256=sha256_bytes(content),
                rendered_at=as_of,
            )
            for kind, (name, content) in documents.items()
        ),
        ignore_conflicts=True,  # of two workers at once both have the same bytes
    )
    statement.rendered_at = as_of
    statement.save(update_fields=["rendered_at"])
    return statement


def _documents(statement: Statement) -> dict[DocumentKind, tuple[str, bytes]]:
    """The file of each kind: its name and its content."""
    lines = party_lines(kept_books_of(statement.run), statement.party.ref)
    document, stem = statement_document(statement, lines), _stem(statement)
    return {
        DocumentKind.PDF: (f"{stem}.pdf", statement_pdf(document)),
        DocumentKind.CSV: (f"{stem}.csv", b"".join(statement_csv(document, lines))),
        DocumentKind.TSV: (f"{stem}.tsv", b"".join(statement_tsv(document, lines))),
        DocumentKind.XLSX: (f"{stem}.xlsx", statement_xlsx(document, lines)),
        DocumentKind.JSON: (f"{stem}.json", b"".join(statement_json(document, lines))),
        DocumentKind.RDR: (f"{stem}-rdr.tsv", b"".join(statement_rdr(document, lines))),
        **_proof(statement, stem),
    }


def _proof(statement: Statement, stem: str) -> dict[DocumentKind, tuple[str, bytes]]:
    """The first version is a leaf of its period's tree; later ones have the same amounts and lines,
    so that its proof is theirs."""
    if statement.version != FIRST_VERSION:
        return {}
    return {DocumentKind.PROOF: (f"{stem}-proof.json", statement_proof(statement))}


def _stem(statement: Statement) -> str:
    """Where the documents are kept; the hash tells refs apart that look alike as a slug."""
    ref = statement.party.ref
    slug = slugify(ref.replace(":", "-"))[:SLUG_LENGTH] or "party"
    folder = f"statements/{statement.period.contract.code}/{statement.period.label}"
    return f"{folder}/{slug}-{sha256_bytes(ref.encode())[:6]}-v{statement.version}"
