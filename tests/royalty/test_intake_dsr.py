"""DDEX DSR flat files: uses of pieces, counted as the footer says, each message once."""

import gzip
import io
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from royalty.models import FileFormat, IntakeFile, UsageEvent, UsageHold
from royalty.services import intake, periods
from royalty.services.intake import IntakeRefused
from tests.royalty.cast import AFTER, STARTS, revenue_lines, sign

pytestmark = pytest.mark.django_db

HEAD = (
    "HEAD\tdsrf/1.1.2/1.6/1.0\tBasicAudioProfile\t1.0\tM1\t2026-11-02T10:00:00Z\t1\t1\t2026-10-01"
    "\t2026-10-31\tPADPIDA2014999999X\tAcme\tstudio\tPADPIDA2014000000Y\tTantieme"
)
BODY = [
    "#AS02.03\tBlockId\tResourceReference\tDspResourceId",
    "SY02.02\t1\tDE\tSubscriptionModel\t40.00\tEUR",
    "",
    "AS02.03\tB1\tR1\tG1\t\tFirst piece",
    "SU02.02\tB1\t1\tT1\t\tR1\ttrue\t40000\t1",
    "AS02.03\tB2\tR1\tG2\t\tSecond piece",
    "MW01.02\tB2\tW1",
    "SU02.02\tB2\t1\tT2\t\tR1\ttrue\t3\t1",
    "SU02.02\tB2\t1\tT3\t\tR1\tfalse\t9\t1",
]


def report(*, head: str = HEAD, body: list[str] = BODY, foot: str | None = None) -> bytes:
    lines = len(body) + 2
    blocks = {line.split("\t")[1] for line in body if line[:2] in {"AS", "SU", "MW"}}
    summaries = sum(line.startswith("SY") for line in body)
    footer = f"FOOT\t{lines}\t{lines}\t{summaries}\t{len(blocks)}\t{len(blocks)}"
    return "\r\n".join([head, *body, footer if foot is None else foot, ""]).encode()


def changed(at: int, line: str) -> list[str]:
    return [*BODY[:at], line, *BODY[at + 1 :]]


@pytest.fixture
def send(world):
    def take(content: bytes, name: str = "report.tsv"):
        return intake.take_usage(
            platform=world.platform, source=io.BytesIO(content), name=name, form=FileFormat.DSR
        )

    return take


def test_streams_become_uses_on_the_last_day_without_subscribers(world, send):
    taken = send(report())
    assert (taken.line_count, taken.new_count) == (2, 2)
    rows = UsageEvent.objects.order_by("event_id").values_list(
        "event_id", "generation__external_id", "subscriber", "count", "used_at"
    )
    noon = datetime(2026, 10, 31, 12, tzinfo=UTC)
    assert list(rows) == [("M1:T1", "G1", "", 40_000, noon), ("M1:T2", "G2", "", 3, noon)]
    assert IntakeFile.objects.get().message == "PADPIDA2014999999X:M1"


def test_uses_of_all_subscribers_at_once_are_nobodys_too_many(world, send, take):
    send(report())
    take(world, "revenue", revenue_lines())
    run = periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)
    assert (run.use_count, run.left_out_uses) == (40_003, 0)
    assert not UsageHold.objects.exists()


def test_packed_with_gzip_it_is_the_same_message(send):
    send(gzip.compress(report(), mtime=0), "report.tsv.gz")
    assert UsageEvent.objects.count() == 2
    with pytest.raises(IntakeRefused, match=r"came with another content in report.tsv.gz"):
        send(report())


def test_the_same_file_again_changes_nothing(send):
    send(report())
    assert send(report()).was_taken_before


def test_a_message_id_is_never_used_again(send):
    send(report())
    with pytest.raises(IntakeRefused, match="a MessageId is never used again"):
        send(report(body=changed(4, "SU02.02\tB1\t1\tT9\t\tR1\ttrue\t1")))


def test_a_contract_that_shares_by_subscriber_takes_no_such_report(world, send):
    platform = world.platform
    sign(platform, code="club", name="Club", service="club", allocation_model="user_centric")
    with pytest.raises(IntakeRefused, match="club shares money user centric, by who used what"):
        send(report(head=HEAD.replace("\tstudio\t", "\tclub\t")))


def test_a_report_over_two_periods_is_refused(world, send):
    with pytest.raises(IntakeRefused, match="send one for the days of each period"):
        send(report(head=HEAD.replace(f"{STARTS}", "2026-09-15")))


WRONG = {
    "another profile": (report(head=HEAD.replace("BasicAudio", "UGC")), "BasicAudioProfile of"),
    "several files": (report(head=HEAD.replace("\t1\t1\t2026", "\t1\t2\t2026")), "send it in one"),
    "no days": (report(head=HEAD.replace("2026-10-31", "31/10/2026")), "UsageEndDate is a day"),
    "days backwards": (report(head=HEAD.replace("2026-10-31", "2026-09-01")), "send one for"),
    "no header": (report(head="SY02\t1"), "first record must be HEAD"),
    "no footer": (report(foot=""), "ends without FOOT"),
    "a wrong count of lines": (
        report(foot="FOOT\t9\t9\t1\t2\t2"),
        "says '9' lines",
    ),
    "a wrong count of blocks": (report(foot="FOOT\t11\t11\t1\t3\t3"), "says '3' blocks"),
    "more after the footer": (report() + b"SY02\t2\r\n", "a record after FOOT"),
    "two headers": (report(body=[*BODY, HEAD]), "HEAD comes twice"),
    "an unknown piece": (report(body=changed(3, "AS02.03\tB1\tR1\tG99")), "no piece that acme"),
    "a use of no resource": (report(body=changed(4, "SU02\tB1\t1\tT1\tL1\t\ttrue\t1")), "AS02"),
    "half a stream": (report(body=changed(4, "SU02\tB1\t1\tT1\t\tR1\ttrue\t1.5")), "whole number"),
    "a download": (
        report(body=changed(4, "SU01\tB1\t1\tT1\t\tR1\ttrue\tx\t1")),
        "only SU02",
    ),
    "no such type": (report(body=changed(4, "=cmd()\tB1")), "is no type of record"),
    "a cut record": (report(body=changed(4, "SU02\tB1")), "SU02 has 2 cells; it needs 8"),
    "not UTF-8": (report(body=BODY).replace(b"First", b"\xff"), "not UTF-8"),
    "altered gzip": (gzip.compress(report())[:40] + b"\xff" * 99, "cannot be unpacked"),
    "torn gzip": (gzip.compress(report())[:-12], "cannot be unpacked"),
    "no gzip at all": (b"\x1f\x8bnonsense", "cannot be unpacked"),
    "twice the same transaction": (
        report(body=changed(7, "SU02\tB2\t1\tT1\t\tR1\ttrue\t3")),
        "with another content",
    ),
    "nothing used": (report(body=BODY[:3]), "holds no line"),
}


@pytest.mark.parametrize("name", WRONG)
def test_hostile_and_wrong_reports_are_refused_whole(send, name):
    content, words = WRONG[name]
    with pytest.raises(IntakeRefused) as caught:
        send(content)
    assert words in str(caught.value)
    assert not IntakeFile.objects.exists()
    assert not UsageEvent.objects.exists()


def test_the_command_knows_a_report_by_its_name(world, tmp_path, capsys):
    path = tmp_path / "DSR_2026-10.tsv.gz"
    path.write_bytes(gzip.compress(report()))
    call_command("intake", "usage", str(path), platform="acme")
    assert capsys.readouterr().out == "DSR_2026-10.tsv.gz: 2 lines, 2 new, 0 known.\n"
