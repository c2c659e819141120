"""The files that a statement was issued in; the bytes are in the storage, the books know which."""

from typing import ClassVar

from django.db import models

from royalty.models.periods import Statement


class DocumentKind(models.TextChoices):
    """In which form a statement is told."""

    PDF = "pdf", "PDF"
    CSV = "csv", "CSV"
    TSV = "tsv", "TSV"
    XLSX = "xlsx", "XLSX"
    JSON = "json", "JSON"
    RDR = "rdr", "RDR-R"
    PROOF = "proof", "Proof"


class StatementFile(models.Model):
    """A document as it was issued. Append-only: rendering again must give the same bytes."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=8, choices=DocumentKind)
    name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    rendered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["statement", "kind"], name="one_file_a_kind"),
            models.UniqueConstraint(fields=["name"], name="files_have_names_of_their_own"),
        ]

    def __str__(self) -> str:
        return self.name
