"""Platforms' files and statements' proofs after accidents, or after somebody's hand."""

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from royalty.models import FileFormat, IntakeFile, RevenueEvent, UsageEvent
from royalty.proof.verify_statement import main
from royalty.services import intake
from royalty.services.intake import IntakeRefused
from tests.apportionment.worlds import four_pieces
from tests.documents.damage import damaged
from tests.royalty.cast import revenue_lines, usage_lines
from tests.royalty.proving import period_tree, proof_of

FIXTURES = [HealthCheck.function_scoped_fixture]


def as_json(lines: list[dict]) -> bytes:
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def as_csv(lines: list[dict]) -> bytes:
    rows = [",".join(lines[0]), *(",".join(map(str, line.values())) for line in lines)]
    return "".join(f"{row}\n" for row in rows).encode()


USES, FEES = usage_lines(), revenue_lines()
FILES = {
    "uses-ndjson": (intake.take_usage, UsageEvent, FileFormat.NDJSON, as_json(USES)),
    "uses-csv": (intake.take_usage, UsageEvent, FileFormat.CSV, as_csv(USES)),
    "revenue-ndjson": (intake.take_revenue, RevenueEvent, FileFormat.NDJSON, as_json(FEES)),
    "revenue-csv": (intake.take_revenue, RevenueEvent, FileFormat.CSV, as_csv(FEES)),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("take", "events", "form", "original"), FILES.values(), ids=FILES)
def test_a_damaged_file_is_taken_whole_or_refused_whole(
    world, tmp_path, take, events, form, original
):
    path = tmp_path / "file"

    @settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES)
    @given(damaged(original))
    def arrives(content: bytes) -> None:
        path.write_bytes(content)
        with transaction.atomic():
            try:
                report = take(platform=world.platform, source=path, name="file", form=form)
            except IntakeRefused as refusal:
                report, total = None, refusal.total
            if report is None:
                assert total >= 1
                assert not events.objects.exists()
                assert not IntakeFile.objects.exists()
            else:
                assert report.new_count == events.objects.count()
                assert report.line_count == report.new_count + report.known_count
            transaction.set_rollback(True)

    arrives()


@pytest.fixture(scope="module")
def proof() -> dict:
    return proof_of(period_tree(four_pieces(), extra={"Z": -40}), "A")


def test_nothing_that_was_altered_is_proved(proof, tmp_path, capsys):
    path = tmp_path / "proof.json"
    right = json.dumps(proof, separators=(",", ":")).encode()
    path.write_bytes(right)
    assert main([str(path)]) == 0
    proved = []

    @settings(max_examples=400, deadline=None, suppress_health_check=FIXTURES)
    @given(damaged(right))
    def somebody_has_a(content: bytes) -> None:
        path.write_bytes(content)
        capsys.readouterr()
        code = main([str(path)])
        says = capsys.readouterr().out
        assert ("It is proved" in says) == (code == 0)
        if code == 0:
            proved.append(content)
            assert json.loads(content) == proof, "other content, and yet proved"

    somebody_has_a()
