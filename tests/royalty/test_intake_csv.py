"""CSV says the same as JSON lines, under a strict header, with the numbers of its rows."""

import csv
import io

import pytest

from royalty.models import FileFormat, RevenueEvent, UsageEvent
from royalty.services import intake
from royalty.services.intake import IntakeRefused
from tests.royalty.cast import revenue_line, usage_line, usage_lines

pytestmark = pytest.mark.django_db

COLUMNS = ["event_id", "service", "generation", "subscriber", "used_at", "count"]


def written(lines: list[dict], columns: list[str] | None = None) -> str:
    file = io.StringIO()
    table = csv.DictWriter(file, columns or list(lines[0]), lineterminator="\r\n")
    table.writeheader()
    table.writerows(lines)
    return file.getvalue()


@pytest.fixture
def take_csv(world):
    def take(text: str | bytes, kind: str = "usage"):
        function = {"usage": intake.take_usage, "revenue": intake.take_revenue}[kind]
        source = io.BytesIO(text if isinstance(text, bytes) else text.encode())
        return function(platform=world.platform, source=source, name="x.csv", form=FileFormat.CSV)

    return take


def test_the_same_month_in_json_and_in_csv_is_the_same_events(take, world, take_csv):
    report = take_csv(written(usage_lines(), COLUMNS[::-1]))
    assert (report.line_count, report.new_count) == (5, 5)
    again = take(world, "usage", usage_lines())
    assert (again.new_count, again.known_count) == (0, 5)


def test_one_table_holds_revenue_and_its_corrections(take_csv):
    columns = [*revenue_line("U1", "1"), "corrects"]
    take_csv(written([revenue_line("U1", "10.00"), revenue_line("U2", "20")], columns), "revenue")
    fix = revenue_line("U1", "0") | {"event_id": "fix", "corrects": "fee-U1"}
    take_csv(written([fix], columns), "revenue")
    assert list(RevenueEvent.objects.order_by("pk").values_list("corrects", flat=True)) == [
        *("", "", "fee-U1")
    ]


def test_text_with_commas_quotes_and_a_byte_order_mark_is_taken_as_it_is(take_csv):
    odd = usage_line(1, 'a,"b"', "G1", 1)
    take_csv(b"\xef\xbb\xbf" + written([odd]).encode())
    assert UsageEvent.objects.get().subscriber == 'a,"b"'


GOOD = written([usage_line(1, "U1", "G1", 1)])
ROW = GOOD.splitlines()[1]
HEADER = ",".join(COLUMNS)


WRONG = {
    "no header": (f"{ROW}\n", 1, "", "'use-1' is no column; the header has: event_id"),
    "a column too many": (f"{HEADER},price\n{ROW},1\n", 1, "", "'price' is no column"),
    "a column twice": (f"{HEADER},count\n", 1, "", "The column 'count' comes twice"),
    "a column missing": ("event_id,service\n", 1, "", "The header lacks generation, subs"),
    "a cell too many": (f"{GOOD}{ROW},x\n", 3, "", "The row has 7 cells; the header 6"),
    "an open quote": (f'{GOOD}"use', 3, "", "This is not a row of CSV"),
    "an empty cell": (GOOD.replace("U1", ""), 2, "subscriber", "It is missing"),
    "no whole number": (GOOD.replace(",1\r", ",1.0\r"), 2, "count", 'from 1 to .*"1.0"'),
    "below one": (GOOD.replace(",1\r", ",-1\r"), 2, "count", "not -1"),
    "a header alone": (f"{HEADER}\n", 0, "", "holds no line"),
    "a formula": (GOOD.replace("U1", "=1+1\x01"), 2, "subscriber", "control character"),
    "not UTF-8": (GOOD.encode() + b"\xff\n", 3, "", "not UTF-8"),
    "a long line": (f"{GOOD}{'x' * 5000}\n", 3, "", "longer than 4096 bytes"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_by_row_and_column(take_csv, name):
    text, line, field, words = WRONG[name]
    with pytest.raises(IntakeRefused, match=words) as caught:
        take_csv(text)
    fault = caught.value.faults[0]
    assert (fault.line, fault.field) == (line, field)
    assert not UsageEvent.objects.exists()
