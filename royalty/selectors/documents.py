"""The documents of a statement, as they were issued or not at all."""

from dataclasses import dataclass

from django.core.files.storage import default_storage

from common.hashing import sha256_bytes
from royalty.models import DocumentKind, Statement, StatementFile
from royalty.proof import VERIFIER

MEDIA_TYPES = {
    DocumentKind.PDF: "application/pdf",
    DocumentKind.CSV: "text/csv; charset=utf-8",
    DocumentKind.TSV: "text/tab-separated-values; charset=utf-8",
    DocumentKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    DocumentKind.JSON: "application/json",
    DocumentKind.RDR: "text/tab-separated-values; charset=utf-8",
    DocumentKind.PROOF: "application/json",
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


def files_of(statement: Statement) -> list[StatementFile]:
    """The files that there are of a statement, in the order in which they are offered."""
    order = list(MEDIA_TYPES)
    return sorted(statement.files.all(), key=lambda file: order.index(DocumentKind(file.kind)))


def file_of(statement: Statement, kind: str) -> StatementFile:
    """The statement's file of a kind.

    Raises:
        DocumentPendingError: it is not rendered yet.
    """
    file = statement.files.filter(kind=kind).first()
    if file is None:
        label = DocumentKind(kind).label
        raise DocumentPendingError(f"The {label} of this statement is being prepared.")
    return file


def document_of(statement: Statement, kind: str) -> Document:
    """The statement's document of a kind, checked against the hash of what was issued.

    Raises:
        DocumentPendingError: it is not rendered yet.
        DocumentAlteredError: the file is gone, torn or another one.
    """
    issued = file_of(statement, kind)
    try:
        with default_storage.open(issued.name) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise DocumentAlteredError(_mend(issued.name, "is missing from the storage")) from error
    if sha256_bytes(content) != issued.sha256:
        raise DocumentAlteredError(_mend(issued.name, "is not the file that was issued"))
    name = issued.name.removeprefix("statements/").replace("/", "-")
    return Document(name, MEDIA_TYPES[DocumentKind(kind)], content)


def verifier() -> Document:
    """The program that verifies a proof; the same for everybody."""
    return Document(VERIFIER.name, "text/x-python; charset=utf-8", VERIFIER.read_bytes())


def _mend(name: str, fault: str) -> str:
    return f"{name} {fault}; render the statement again, which writes the issued bytes or says why."
