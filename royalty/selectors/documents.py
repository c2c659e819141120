"""The documents of a statement, as they were issued or not at all."""

from dataclasses import dataclass

from django.core.files.storage import default_storage

from common.hashing import sha256_bytes
from royalty.models import Statement
from royalty.proof import VERIFIER

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "proof": "application/json",
}


class DocumentPendingError(LookupError):
    """The document is not rendered yet; the message says so."""


class DocumentAlteredError(RuntimeError):
    """What the storage holds is not what was issued; the message says what to do."""


@dataclass(frozen=True)
class Document:
    """A file to hand out, under a name that says what it is."""

    name: str
    media_type: str
    content: bytes


def document_of(statement: Statement, kind: str) -> Document:
    """The statement's "pdf", "csv" or "proof", checked against the hash of what was issued.

    Raises:
        DocumentPendingError: it is not rendered yet.
        DocumentAlteredError: the file is gone, torn or another one.
    """
    stored, sha256 = {
        "pdf": (statement.pdf_name, statement.pdf_sha256),
        "csv": (statement.csv_name, statement.csv_sha256),
        "proof": (statement.proof_name, statement.proof_sha256),
    }[kind]
    if not stored:
        raise DocumentPendingError(f"The {kind.upper()} of this statement is being prepared.")
    try:
        with default_storage.open(stored) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise DocumentAlteredError(_mend(stored, "is missing from the storage")) from error
    if sha256_bytes(content) != sha256:
        raise DocumentAlteredError(_mend(stored, "is not the file that was issued"))
    return Document(
        stored.removeprefix("statements/").replace("/", "-"), MEDIA_TYPES[kind], content
    )


def verifier() -> Document:
    """The program that verifies a proof; the same for everybody."""
    return Document(VERIFIER.name, "text/x-python; charset=utf-8", VERIFIER.read_bytes())


def _mend(name: str, fault: str) -> str:
    return f"{name} {fault}; render the statement again, which writes the issued bytes or says why."
