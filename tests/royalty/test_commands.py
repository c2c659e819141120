"""What an operator types."""

import pytest
from django.core.management import CommandError, call_command

from royalty.models import UsageEvent
from tests.royalty.cast import ndjson, revenue_lines, usage_line, usage_lines

pytestmark = pytest.mark.django_db


def test_a_file_is_taken_in_and_what_became_of_it_is_said(world, tmp_path, capsys):
    path = ndjson(tmp_path / "october.ndjson", usage_lines())
    call_command("intake", "usage", str(path), platform="acme")
    assert capsys.readouterr().out == "october.ndjson: 5 lines, 5 new, 0 known.\n"
    call_command("intake", "usage", str(path), platform="acme")
    assert "taken before: 5 lines, 0 new, 5 known" in capsys.readouterr().out
    money = ndjson(tmp_path / "money.ndjson", revenue_lines())
    call_command("intake", "revenue", str(money), platform="acme")
    assert "3 lines, 3 new" in capsys.readouterr().out


def test_a_file_with_faults_is_refused_line_by_line(world, tmp_path, capsys):
    lines = [usage_line(1, "U1", "G1", 0), usage_line(2, "U1", "G99", 1) | {"service": "gym"}]
    path = ndjson(tmp_path / "bad.ndjson", lines)
    with pytest.raises(CommandError, match=r"bad\.ndjson was not taken; nothing changed"):
        call_command("intake", "usage", str(path), platform="acme")
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("line 1, count: It must be a whole number")
    assert told[1].startswith("line 2, service: There is no contract for 'gym'")
    assert not UsageEvent.objects.exists()


def test_an_unknown_platform_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="There is no platform 'nobody'"):
        call_command("intake", "usage", str(tmp_path / "x"), platform="nobody")
