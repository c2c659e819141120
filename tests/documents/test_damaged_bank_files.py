"""Banks' files after accidents: read as what they say, or refused in a sentence, and never else."""

from hypothesis import given, settings

from royalty.documents.camt import BankFileError, read_bank_file
from royalty.documents.pain import Fate, StatusReportError, read_status_report
from tests.documents.damage import damaged
from tests.documents.test_camt import entry, part, statement
from tests.documents.test_payment_files import report

REPORTS = (report(), report("ACSC"), report(group="RJCT"))
STATEMENTS = (
    statement(entry("28.00", details=part("28.00")), closing="128.00"),
    statement(entry("5.00"), entry("7.00", direction="DBIT"), closing="98.00", version="08"),
)


def read_or_told(read, content):
    """What the file says, or the sentence of the refusal."""
    try:
        return read(content)
    except (StatusReportError, BankFileError) as refusal:
        return str(refusal)


@settings(max_examples=400, deadline=None)
@given(damaged(*REPORTS))
def test_a_damaged_status_report_is_read_or_refused(content):
    found = read_or_told(read_status_report, content)
    if isinstance(found, str):
        assert found.endswith(".")
        return
    assert found.original_message_id
    for payment in found.payments:
        assert payment.end_to_end_id
        assert payment.fate in Fate
        assert len(payment.reason) <= 200


@settings(max_examples=400, deadline=None)
@given(damaged(*STATEMENTS))
def test_a_damaged_bank_statement_is_read_or_refused(content):
    found = read_or_told(read_bank_file, content)
    if isinstance(found, str):
        assert found.endswith(".")
        return
    assert 0 < len(found.message_id) <= 35
    for each in found.entries:
        assert each.amount >= 0
