"""The statement in the shape of DDEX RDR-R, the flat file that reports revenues to holders.

Recording Data and Rights, Revenue Reporting (rdrr.ddex.net), message RevenueReport: records of
cells between tabs, a header (RHEA.01), a statement summary (RS01), a summary for the allocated
party (RS02), a detail record for each line of a recording (RD01.01), one for every revenue that no
resource accounts for (RD03), and a footer that counts them (RFOO). Heading records, which begin
with a hash, name the cells (clause 6.4.14).

What it is not: validated by DDEX. Header, footer and the first nine cells of RD01.01 are those of
the standard. The cells after them, and those of RS01, RS02 and RD03, are a choice of what we know,
under the names that stand in the heading records. Party ids are ours and not DPIDs, use and
allocation types are no DDEX allowed values, and a composition is reported as the resource that the
model was trained on. A trading partner agrees on that before the first file.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from royalty.documents.amounts import exact_amount, exact_share
from royalty.documents.records import PPB_DECIMALS, PPM_DECIMALS, checked
from royalty.documents.statement import StatementDocument, StatementLine
from royalty.documents.text import one_line

Cells = tuple[str, ...]
PARTY_RECORD = "A1"
HEADER = (
    *("RHEA.01", "MessageVersion", "AvsVersionId", "MessageId", "MessageCreatedDateTime"),
    *("SummaryMessageId", "UsageStartDate", "UsageEndDate", "DistributionDate"),
    *("DistributionDescription", "SenderName", "RecipientPartyId", "RecipientName"),
)
STATEMENT = (
    *("RS01", "StatementId", "StatementVersion", "CurrencyOfAccounting", "OpeningBalance"),
    *("NetRevenueInCurrencyOfAccounting", "AdjustmentsInCurrencyOfAccounting", "Payable"),
    "ClosingBalance",
)
PARTY = (
    *("RS02", "AllocatedPartySummaryRecordId", "AllocatedPartyId", "AllocatedPartyName"),
    *("NetRevenueInCurrencyOfAccounting", "NumberOfDetails"),
)
RECORDING = (
    *("RD01.01", "SoundRecordingRevenueDetailsRecordId", "AllocatedPartySummaryRecordId"),
    *("ResourceType", "ISRC", "ProprietaryResourceId", "ResourceTitle", "ResourceSubTitle"),
    *("ResourceDisplayArtistName", "RightsType", "BasisForRevenueAllocation", "GeneratedPiece"),
    *("NumberOfUses", "AttributionShare", "OwnershipShare", "NetRevenueInCurrencyOfAccounting"),
)
OTHER = (
    *("RD03", "OtherRevenueDetailsRecordId", "AllocatedPartySummaryRecordId"),
    *("RevenueDescription", "Reason", "PeriodConcerned", "NetRevenueInCurrencyOfAccounting"),
)
FOOTER = (
    *("RFOO", "NumberOfAllocatedPartySummaryRecords", "NumberOfRevenueDetailsRecords"),
    "NumberOfLines",
)
_RECORDS_A_CHUNK = 1_000


def statement_rdr(document: StatementDocument, lines: Iterable[StatementLine]) -> Iterator[bytes]:
    """The records in chunks of bytes; memory does not grow with the lines.

    Raises StatementError as `checked` does: discard what was written.
    """
    counted = _Counted()
    rows = counted.through(_records(document, lines))
    while chunk := list(islice(rows, _RECORDS_A_CHUNK)):
        yield _encode(chunk)
    footer = ("RFOO", "1", str(counted.details), str(counted.lines + 2))
    yield _encode([_heading(FOOTER), footer])


class _Counted:
    """Counts records on their way, for the footer."""

    def __init__(self) -> None:
        self.lines = self.details = 0

    def through(self, rows: Iterable[Cells]) -> Iterator[Cells]:
        for row in rows:
            self.lines += 1
            self.details += row[0] in {RECORDING[0], OTHER[0]}
            yield row


def _records(document: StatementDocument, lines: Iterable[StatementLine]) -> Iterator[Cells]:
    yield from _summaries(document)
    yield _heading(RECORDING)
    for number, line in enumerate(checked(document, lines), start=1):
        yield _recording(document, line, number)
    yield _heading(OTHER)
    for number, (description, reason, about, atoms) in enumerate(_others(document), start=1):
        texts = (_cell(description), _cell(reason), _cell(about))
        yield (OTHER[0], f"O{number}", PARTY_RECORD, *texts, exact_amount(atoms, document.scale))


def _summaries(document: StatementDocument) -> Iterator[Cells]:
    scale, last = document.scale, document.accounting_period.last.isoformat()
    earned = exact_amount(document.earned_atoms(), scale)
    adjusted = sum(adjustment.atoms for adjustment in document.adjustments)
    message = f"{document.statement_id}/v{document.version}"
    days = document.usage_period
    yield _heading(HEADER)
    yield (
        *(HEADER[0], "11", "", _cell(message), f"{last}T00:00:00Z", ""),
        *(days.first.isoformat(), days.last.isoformat(), last),
        *(_cell(document.service), _cell(document.platform)),
        *(_cell(document.payee_ref), _cell(document.payee_name)),
    )
    yield _heading(STATEMENT)
    yield (
        *(STATEMENT[0], _cell(document.statement_id), str(document.version), scale.currency),
        *(exact_amount(document.opening_atoms, scale), earned, exact_amount(adjusted, scale)),
        exact_amount(document.payable_atoms, scale),
        exact_amount(document.closing_atoms, scale),
    )
    yield _heading(PARTY)
    yield (
        *(PARTY[0], PARTY_RECORD, _cell(document.payee_ref), _cell(document.payee_name)),
        *(earned, str(document.n_lines)),
    )


def _recording(document: StatementDocument, line: StatementLine, number: int) -> Cells:
    share = "" if line.share_ppb is None else exact_share(line.share_ppb, PPB_DECIMALS)
    return (
        *(RECORDING[0], f"L{number}", PARTY_RECORD, "SoundRecording", line.isrc),
        *(f"tantieme::{_cell(line.track_id)}", _cell(line.title), "", _cell(line.artist)),
        *(line.right_type, line.source.value, _cell(line.generation_id or "")),
        *("" if line.n_uses is None else str(line.n_uses), share),
        exact_share(line.ownership_ppm, PPM_DECIMALS),
        exact_amount(line.atoms, document.scale),
    )


def _others(document: StatementDocument) -> Iterator[tuple[str, str, str, int]]:
    """What no resource accounts for: adjustments, and the steps of what was paid."""
    for adjustment in document.adjustments:
        about = adjustment.period.label if adjustment.period else ""
        yield f"adjustment: {adjustment.kind}", adjustment.reason, about, adjustment.atoms
    for change in document.changes:
        if change.is_settlement:
            yield change.label, "", "", change.atoms


def _heading(names: Cells) -> Cells:
    return (f"#{names[0]}", *names[1:])


def _cell(text: str) -> str:
    """Text without tabs and line breaks; the standard's separators of several values stay out."""
    return one_line(text, 1_000).replace("|", " ")


def _encode(rows: Iterable[Cells]) -> bytes:
    return "".join("\t".join(row) + "\r\n" for row in rows).encode()
