"""An accountant without a portal: a period's life and its figures by hand."""

import re

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Share
from royalty.models import Period

pytestmark = pytest.mark.django_db


@pytest.fixture
def month(world, report):
    """The worked example's month with its uses and revenue, still open."""
    return report(world)


def period(action: str, world, *, by=None, **options) -> None:
    email = by.email if by else None
    call_command("period", action, world.contract.code, "2026-10-01", by=email, **options)


def test_a_month_is_computed_reviewed_and_closed_by_two_people(month, capsys):
    period("compute", month, by=month.ann)
    period("review", month, by=month.ben)
    period("close", month, by=month.ann)
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == [
        "computed.",
        "reviewed.",
        "closed.",
    ]
    assert Period.objects.get(pk=month.period.pk).status == Period.Status.CLOSED


def test_steps_out_of_order_are_refused_with_the_reason(month):
    with pytest.raises(CommandError, match="only a period that is reviewed can be closed"):
        period("close", month, by=month.ann)
    period("compute", month, by=month.ann)
    with pytest.raises(CommandError, match="a second person reviews it"):
        period("review", month, by=month.ann)


def test_what_was_not_said_is_asked_for(month):
    with pytest.raises(CommandError, match="Say who does it with --by"):
        period("compute", month)
    with pytest.raises(CommandError, match="There is no person 'x@y'"):
        call_command("period", "compute", month.contract.code, "2026-10-01", by="x@y")
    with pytest.raises(CommandError, match="There is no contract 'none'"):
        call_command("period", "compute", "none", "2026-10-01")
    with pytest.raises(CommandError, match="it has 2026-10-01"):
        call_command("period", "reopen", month.contract.code, "2026-09-01")


def test_a_changed_owner_is_restated_into_the_next_month(month, capsys):
    for action, person in (("compute", month.ann), ("review", month.ben), ("close", month.ann)):
        period(action, month, by=person)
    work = month.tracks["T3"].work
    Share.objects.filter(work=work, party=month.parties["A"]).delete()
    Share.objects.filter(work=work, party=month.parties["C"]).update(share_ppm=1_000_000)
    call_command("period", "open", month.contract.code, "2026-11-01")
    with pytest.raises(CommandError, match="Name the open period"):
        period("restate", month, by=month.ann)
    call_command(
        *("period", "restate", month.contract.code, "2026-10-01"),
        *("--into", "2026-11-01", "--by", month.ann.email),
        *("--kind", "ownership", "--reason", "T3 was sold"),
    )
    assert "posted into" in capsys.readouterr().out


def test_what_is_owed_is_listed_down_to_the_gross(month, capsys):
    with pytest.raises(CommandError, match="compute it first"):
        call_command("owed", month.contract.code, "2026-10-01")
    period("compute", month, by=month.ann)
    capsys.readouterr()
    call_command("owed", month.contract.code, "2026-10-01")
    told = capsys.readouterr().out
    assert re.search(r"12\.5533 .* A\n", told)
    assert re.search(r"28\.0000  to parties together", told)
    assert re.search(r"40\.0000  gross", told)


def test_a_partys_line_is_explained_down_to_the_holder(month, capsys):
    period("compute", month, by=month.ann)
    capsys.readouterr()
    call_command("owed", month.contract.code, "2026-10-01", party="C", lines=1)
    told = capsys.readouterr().out
    assert "piece G3" in told
    assert "600,000,000 / 1,000,000,000" in told, "the attribution share"
    assert "600,000 / 1,000,000" in told, "the ownership share"
    assert "holder C" in told
    with pytest.raises(CommandError, match="'Z' has no share"):
        call_command("owed", month.contract.code, "2026-10-01", party="Z")
