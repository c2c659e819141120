"""Statements: what the books say, line by line, in bytes that come out the same every time."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from pypdf import PdfReader

from attribution.models import Attribution
from catalog.models import Party, Track
from common.jobs import runner
from common.jobs.models import Job
from royalty import tasks
from royalty.models import AllocationRun, Statement
from royalty.selectors import runs
from royalty.selectors.documents import file_of, files_of
from royalty.services import periods, statements
from royalty.services.statements import RenderingError
from tests.royalty.cast import (
    AFTER,
    CENT,
    EURO,
    payables,
    revenue_line,
    settle,
    usage_line,
    worked_example,
)
from tests.royalty.payees import agree

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(reported):
    settle(reported)
    return reported


def render(ref: str = "A", period=None) -> Statement:
    found = Statement.objects.filter(party__ref=ref)
    found = found.filter(period=period) if period else found
    return statements.render_statement(statement=found.get(), as_of=AFTER)


def name_of(statement: Statement, kind: str) -> str:
    return file_of(statement, kind).name


def stored(name: str) -> bytes:
    with default_storage.open(name) as handle:
        return handle.read()


def rows(statement: Statement) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(stored(name_of(statement, "csv")).decode())))


def text(statement: Statement) -> str:
    pages = PdfReader(io.BytesIO(stored(name_of(statement, "pdf")))).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


@pytest.mark.parametrize("ref", "ABC")
def test_the_lines_sum_to_what_was_earned_to_the_atom(closed, ref):
    statement = render(ref)
    total = sum(Decimal(row["amount"]) for row in rows(statement))
    assert int(total * EURO) == statement.earned_atoms == payables(closed)[ref]


def test_every_line_names_its_piece_its_track_and_its_shares(closed):
    row = next(r for r in rows(render("C")) if r["generation_id"] == "G3")
    assert row["track_id"] == "T3"
    assert row["title"] == "Song T3"
    assert row["artist"] == "Party C, Party A" or row["artist"] == "Party A, Party C"
    assert (row["uses"], row["right_type"], row["line_source"]) == (
        "30",
        "composition",
        "attributed",
    )
    assert (row["attribution_share"], row["ownership_share"]) == ("0.600000000", "0.600000")
    assert row["piece_revenue"] == "21.00000000"
    assert row["model"] == "m 1"
    assert row["amount"] == "7.56000000"
    assert row["attribution_share_low"] == "", "one checkpoint gives no interval"


def test_an_interval_is_printed_where_one_was_measured(reported):
    attribution = Attribution.objects.get(generation=reported.generations["G3"])
    attribution.has_model_interval = True
    attribution.low_ppb, attribution.high_ppb = [100_000_000] * 3, [700_000_000] * 3
    attribution.save()
    settle(reported)
    row = next(r for r in rows(render("C")) if r["generation_id"] == "G3")
    assert row["attribution_share_low"] == "0.100000000"
    assert row["attribution_share_high"] == "0.700000000"


def test_the_pdf_says_what_the_ledger_says(closed):
    printed = text(render("A"))
    assert "Party A" in printed
    assert "12.55" in printed
    assert "Song T1" in printed
    assert AllocationRun.objects.get().snapshot_sha256[:8] in printed


def test_documents_have_names_that_a_person_understands(closed):
    statement = render("A")
    assert name_of(statement, "pdf").startswith("statements/studio-2026/2026-10/a-")
    assert name_of(statement, "pdf").endswith("-v1.pdf")
    assert name_of(statement, "csv") == name_of(statement, "pdf").replace(".pdf", ".csv")


def test_rendering_again_gives_the_same_bytes(closed):
    first = render("A")
    before = stored(name_of(first, "pdf")), stored(name_of(first, "csv"))
    default_storage.delete(name_of(first, "pdf"))
    again = render("A")
    assert (stored(name_of(again, "pdf")), stored(name_of(again, "csv"))) == before


def test_a_torn_document_is_mended(closed):
    statement = render("A")
    before = stored(name_of(statement, "pdf"))
    with default_storage.open(name_of(statement, "pdf"), "wb") as handle:
        handle.write(before[:100])
    render("A")
    assert stored(name_of(statement, "pdf")) == before


def test_what_was_issued_is_not_replaced_when_a_title_changes(closed):
    statement = render("A")
    before = stored(name_of(statement, "csv"))
    Track.objects.filter(ref="T1").update(title="Another title")
    with pytest.raises(RenderingError, match="would differ from what was issued"):
        render("A")
    assert stored(name_of(statement, "csv")) == before


def test_a_statement_whose_snapshot_is_lost_is_refused(closed):
    runs.kept_lines.cache_clear()
    default_storage.delete(AllocationRun.objects.get().snapshot_name)
    with pytest.raises(RenderingError, match="is missing from the storage"):
        render("A")


def test_the_same_reports_give_the_same_snapshot_and_the_same_documents(db, report):
    def month() -> tuple[str, str, list[bytes]]:
        settle(report(worked_example()))
        run = AllocationRun.objects.latest("pk")
        names = [
            file.name for ref in "ABC" for file in files_of(render(ref)) if file.kind != "proof"
        ]
        return run.snapshot_sha256, run.lines_sha256, [stored(name) for name in names]

    results = []
    for _ in range(2):
        with transaction.atomic():
            results.append(month())
            transaction.set_rollback(True)
    assert results[0] == results[1]


def test_the_next_statement_opens_with_what_the_last_one_carried_forward(closed, take):
    november = periods.open_period(
        contract=closed.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    take(
        closed, "usage", [usage_line(60, "U1", "G1", 1) | {"used_at": "2026-11-05T00:00:00Z"}], "n"
    )
    fee = revenue_line("U1", "10.00") | {"event_id": "fee-2", "earned_on": "2026-11-01"}
    take(closed, "revenue", [fee], "m")
    settle(closed, november, AFTER.replace(month=12))
    october, later = (
        Statement.objects.get(party__ref="A", period=period) for period in (closed.period, november)
    )
    assert later.opening_atoms == october.closing_atoms == payables(closed)["A"]
    assert later.closing_atoms == later.opening_atoms + later.earned_atoms
    first, second = (
        statements.render_statement(statement=s, as_of=AFTER) for s in (october, later)
    )
    carried = {row["closing_balance"] for row in rows(first)}
    assert carried == {row["opening_balance"] for row in rows(second)}
    assert "not yet paid" in text(second)


def test_only_parties_whose_account_moved_get_a_statement(closed):
    Party.objects.create(ref="D", name="Nobody's")
    assert {s.party.ref for s in Statement.objects.select_related("party")} == {"A", "B", "C"}


def test_closing_asks_workers_to_render_every_statement(closed, woken):
    jobs = Job.objects.filter(kind="royalty.render_statement")
    assert {job.payload["statement"] for job in jobs} == set(
        Statement.objects.values_list("pk", flat=True)
    )
    assert {job.queue for job in jobs} == {"documents"}
    for job in jobs:
        done = runner.run(job.pk)
        assert done.status == Job.Status.SUCCEEDED, done.error
        assert default_storage.exists(done.result["pdf"])


def test_a_worker_computes_a_period_once_however_often_it_is_asked(reported):
    job = periods.request_computation(period=reported.period, user=reported.ann, as_of=AFTER)
    done = runner.run(job.pk)
    assert done.status == Job.Status.SUCCEEDED, done.error
    periods.review_period(period=reported.period, user=reported.ben, as_of=AFTER)
    again = tasks.compute_period(job.payload, lambda *_: None)
    assert again == done.result
    assert AllocationRun.objects.count() == 1


def test_a_worker_says_why_a_period_cannot_be_computed(closed):
    job = periods.request_computation(
        period=closed.period, user=closed.ann, as_of=AFTER.replace(hour=10)
    )
    done = runner.run(job.pk)
    assert done.status == Job.Status.FAILED
    assert "is closed; only a period that is" in done.error


@pytest.mark.parametrize(
    "ref", ["name:Ägidius Öl", "名前", "../../etc/passwd", "a" * 200, "A B/C\\D", "=cmd()"]
)
def test_any_party_can_have_a_statement(reported, ref):
    Party.objects.filter(ref="A").update(ref=ref, name="=HYPERLINK(#$)")
    settle(reported)
    statement = render(ref)
    assert default_storage.exists(name_of(statement, "pdf"))
    assert ".." not in name_of(statement, "pdf")
    assert name_of(statement, "pdf").count("/") == 3
    assert all(row["payee"].startswith("'=") for row in rows(statement))


def test_amounts_below_a_cent_are_carried_and_not_paid(closed):
    statement = render("A")
    assert statement.closing_atoms % CENT
    (balance,) = {row["closing_balance"] for row in rows(statement)}
    assert Decimal(balance) * EURO == statement.closing_atoms % CENT


def test_a_payee_reads_its_statement_in_the_language_of_its_terms(reported):
    agree(reported, "A", language="de-DE")
    agree(reported, "B", language="de-DE", valid_from=date(2026, 11, 1))
    settle(reported)
    assert "Ihren Werken zugeordnet" in text(render("A"))
    assert "12,55" in text(render("A"))
    assert "Attributed to your works" in text(render("B")), "its terms begin in November"
    assert rows(render("A"))[0]["amount"].count(".") == 1, "files for programs stay as they are"
