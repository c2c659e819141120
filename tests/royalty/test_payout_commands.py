"""manage.py payouts: a batch led from its draft to the bank's answer, and refused in sentences."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from royalty.models import Payout, PayoutBatch
from royalty.services import payouts
from tests.documents.test_payment_files import report as status_report
from tests.royalty.cast import CENT, settle
from tests.royalty.payees import PAYDAY, agree, agree_with_all, open_month, withhold

pytestmark = pytest.mark.django_db
ANN, BEN = "--by=ann@example.org", "--by=ben@example.org"


@pytest.fixture(autouse=True)
def payday(monkeypatch):
    """The clock of the commands stands."""
    monkeypatch.setattr(timezone, "now", lambda: PAYDAY)


@pytest.fixture
def ready(reported):
    settle(reported)
    open_month(reported)
    agree_with_all(reported, admin_fee_ppm=100_000, threshold_minor=700)
    withhold(
        reported,
        "A",
        reduced_ppm=50_000,
        document="=W-8BEN 77",
        document_expires_on=PAYDAY.date(),
    )
    return reported


def said(*arguments: object) -> str:
    out = io.StringIO()
    call_command("payouts", *(str(each) for each in arguments), stdout=out)
    return out.getvalue()


def test_a_batch_from_its_draft_to_the_banks_answer(ready, tmp_path):
    drafted = said("draft", "EUR", ANN)
    batch = PayoutBatch.objects.get()
    assert "Party A, Pending" in drafted
    assert "note: Party B: 6.08 EUR is below the threshold of 7.00 EUR; carried forward." in drafted
    assert said("show", batch.pk) == drafted
    assert "is approved" in said("approve", batch.pk, BEN)
    file = tmp_path / "out.xml"
    assert "sha256" in said("export", batch.pk, "--to", file)
    assert file.read_bytes() == payouts.export_batch(batch=batch)
    assert "is sent" in said("sent", batch.pk, ANN)
    returned = Payout.objects.get(party__ref="C")
    answer = tmp_path / "answer.xml"
    answer.write_bytes(status_report(message=batch.message_id, payment=returned.end_to_end_id))
    assert "Party C is returned: AC04: Account closed." in said(
        "settle", batch.pk, ANN, "--report", answer
    )
    assert "1 payments are paid." in said("settle", batch.pk, ANN)
    batch.refresh_from_db()
    assert batch.status == "settled"


def test_a_payment_is_returned_by_hand(ready):
    said("draft", "EUR", ANN)
    batch = PayoutBatch.objects.get()
    said("approve", batch.pk, BEN)
    payouts.export_batch(batch=batch)
    said("sent", batch.pk, ANN)
    payout = Payout.objects.get(party__ref="A")
    assert "is returned; the amount is owed again" in said(
        "return", payout.pk, "--reason=moved away", ANN
    )


def test_each_payee_is_advised_line_by_line(ready, tmp_path):
    said("draft", "EUR", ANN)
    batch = PayoutBatch.objects.get()
    said("advice", batch.pk, "--to", tmp_path / "advice")
    payout = Payout.objects.get(party__ref="A")
    stem = tmp_path / "advice" / payout.end_to_end_id
    text = stem.with_suffix(".txt").read_text()
    assert "Fee for administration, 10.00" in text
    assert "Tax is withheld by =W-8BEN 77." in text
    assert "DE89 … 3000" in text
    rows = list(csv.DictReader(io.StringIO(stem.with_suffix(".csv").read_text())))
    assert [row["rule"] for row in rows] == ["gross", "fee", "withholding"]
    paid = sum(int(row["amount"].replace(".", "")) for row in rows)
    assert paid == payout.payable_atoms


def test_the_years_summary_counts_what_was_paid_and_nothing_else(ready, tmp_path):
    said("draft", "EUR", ANN)
    batch = PayoutBatch.objects.get()
    said("approve", batch.pk, BEN)
    payouts.export_batch(batch=batch)
    said("sent", batch.pk, ANN)
    assert "Party" not in said("summary", 2026)
    said("settle", batch.pk, ANN, "--on=2026-11-12")
    payouts.return_payout(
        payout=Payout.objects.get(party__ref="C"),
        reason="closed",
        user=ready.ann,
        day=PAYDAY.date(),
    )
    (row,) = csv.DictReader(io.StringIO(said("summary", 2026)))
    assert (row["payee_ref"], row["payments"]) == ("A", "1")
    assert row["fees"] == "1.26000000"
    assert row["withheld"] == "0.56000000"
    assert row["withholding_documents"] == "'=W-8BEN 77"
    paid = Payout.objects.get(party__ref="A").payable_atoms
    assert int(row["paid"].replace(".", "")) == paid == 1073 * CENT
    assert "Party" not in said("summary", 2027)


def test_an_advance_is_booked_once(ready):
    first = said("advance", "studio-2026", "A", "100.00", "--key=one", "--on=2026-11-02")
    assert said("advance", "studio-2026", "A", "100.00", "--key=one", "--on=2026-11-02") == first
    with pytest.raises(CommandError, match="another content"):
        said("advance", "studio-2026", "A", "200.00", "--key=one", "--on=2026-11-02")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["draft", "XXX", ANN], "not a currency known"),
        (["draft", "EUR"], "Say who does it"),
        (["draft", "USD", ANN], "There is no account from which USD is paid"),
        (["draft", "EUR", ANN, "--execute-on=2026-11-09"], "do not pay on 2026-11-09"),
        (["approve", "99", BEN], "There is no batch 99"),
        (["return", "99", "--reason=x", ANN], "There is no payout 99"),
        (["advance", "studio-2026", "Z", "1.00", "--key=x"], "There is no party 'Z'"),
        (["advance", "studio-2026", "A", "0.00", "--key=x"], "An advance of 0 is none"),
        (["advance", "studio-2026", "A", "1.00", "--key=x", "--on=2030-01-01"], "no period on"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_what_cannot_be_done_is_said_in_a_sentence(ready, arguments, why):
    with pytest.raises(CommandError, match=why):
        said(*arguments)


def test_terms_begin_and_the_last_ones_end(ready):
    later = agree(ready, "A", valid_from=PAYDAY.date(), threshold_minor=1)
    first, second = later.party.payee_terms.order_by("valid_from")
    assert (first.valid_until, second) == (PAYDAY.date(), later)


def test_a_closed_month_takes_no_payout(ready):
    said("draft", "EUR", ANN)
    period = ready.contract.periods.get(starts_on="2026-11-01")
    settle(ready, period, PAYDAY.replace(month=12))
    with pytest.raises(CommandError, match=r"Discard the batch|no open period"):
        said("approve", PayoutBatch.objects.get().pk, BEN)
    period.refresh_from_db()
    assert period.status == "closed"
