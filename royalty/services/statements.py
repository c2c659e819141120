"""Statements: issued when a period is closed, rendered by workers, rendered again at any time.

Issuing stores totals. Rendering derives every line again from the run's snapshot, refuses lines
that do not add up to those totals, and refuses to put other bytes in the place of a document that
was rendered before: what a payee was told stays what it was.
"""

from datetime import datetime, timedelta

from django.utils.text import slugify

from catalog.models import Party
from common.hashing import sha256_bytes
from common.jobs.dispatch import enqueue
from common.storage import put
from royalty.apportionment import LineKind, SnapshotError
from royalty.documents import StatementError, statement_csv, statement_pdf
from royalty.models import Statement
from royalty.selectors.ledger import payable_balances, payable_movements
from royalty.selectors.lines import party_lines
from royalty.selectors.payable import settled_movements
from royalty.selectors.proofs import NoProofError, statement_proof
from royalty.selectors.runs import Books, kept_books_of
from royalty.selectors.statement_document import statement_document

SLUG_LENGTH = 80


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


def request_rendering(statement: Statement) -> None:
    """Have a worker render the statement's documents."""
    enqueue(
        "royalty.render_statement",
        {"statement": statement.pk},
        queue="documents",
        key=f"statement:{statement.pk}",
    )


def render_statement(*, statement: Statement, as_of: datetime) -> Statement:
    """Write the statement's PDF, CSV and proof; done again, it writes the same bytes.

    Raises:
        RenderingError: its lines cannot be derived, do not add up to what was issued, are not
            among the leaves of its period, or the documents would differ from those that were
            rendered before.
    """
    try:
        documents = _documents(statement)
    except (SnapshotError, StatementError, NoProofError) as error:
        raise RenderingError(f"{statement} cannot be rendered: {error}") from error
    for kind, (name, content) in documents.items():
        if getattr(statement, f"{kind}_sha256") not in ("", sha256_bytes(content)):
            raise RenderingError(
                f"{name} would differ from what was issued, because a name, a title or the "
                "program changed; keep the issued file, and issue corrections in an open period."
            )
    for kind, (name, content) in documents.items():
        put(name, content)
        setattr(statement, f"{kind}_name", name)
        setattr(statement, f"{kind}_sha256", sha256_bytes(content))
    statement.rendered_at = as_of
    columns = [f"{kind}_{column}" for kind in documents for column in ("name", "sha256")]
    statement.save(update_fields=[*columns, "rendered_at"])
    return statement


def _documents(statement: Statement) -> dict[str, tuple[str, bytes]]:
    """The file of each kind: its name and its content."""
    lines = party_lines(kept_books_of(statement.run), statement.party.ref)
    document, stem = statement_document(statement, lines), _stem(statement)
    return {
        "pdf": (f"{stem}.pdf", statement_pdf(document)),
        "csv": (f"{stem}.csv", b"".join(statement_csv(document, lines))),
        "proof": (f"{stem}-proof.json", statement_proof(statement)),
    }


def _stem(statement: Statement) -> str:
    """Where the documents are kept; the hash tells refs apart that look alike as a slug."""
    ref = statement.party.ref
    slug = slugify(ref.replace(":", "-"))[:SLUG_LENGTH] or "party"
    folder = f"statements/{statement.period.contract.code}/{statement.period.label}"
    return f"{folder}/{slug}-{sha256_bytes(ref.encode())[:6]}-v{statement.version}"
