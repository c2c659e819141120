"""The page of held uses: why they are held, and what a person decides."""

import pytest
from django.contrib.auth.models import Permission

from royalty.models import HoldDecision, UsageHold
from royalty.services import intake, periods
from tests.admin.conftest import address, member
from tests.admin.test_books import act
from tests.admin.test_editing import told
from tests.royalty.cast import AFTER, ndjson, usage_line, worked_example


@pytest.fixture
def hold(db, tmp_path) -> UsageHold:
    """A computed month in which a bot used a piece 30,001 times."""
    world = worked_example()
    path = ndjson(tmp_path / "bot.ndjson", [usage_line(1, "bot", "G1", 30_001)])
    intake.take_usage(platform=world.platform, source=path, name=path.name)
    periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)
    return UsageHold.objects.get()


def test_a_hold_is_shown_with_its_reason_and_decided_about(operator, hold):
    page = operator.get(address(UsageHold, "changelist")).content.decode()
    assert "Subscriber bot used pieces 30,001 times" in page
    assert "not yet" in page
    answer = told(operator, act(operator, UsageHold, "leave_out", hold, reason="a bot"))
    assert "leave out. studio-2026 2026-10 is computed: compute it again" in answer
    assert HoldDecision.objects.get().reason == "a bot"
    page = operator.get(address(UsageHold, "change", hold.pk)).content.decode()
    assert "a bot" in page


def test_a_decision_without_a_reason_is_told_and_not_kept(operator, hold):
    assert "Say why" in told(operator, act(operator, UsageHold, "count", hold))
    assert not HoldDecision.objects.exists()


def test_whoever_may_only_look_decides_nothing(operator, browsing, hold):
    looker = member("operator", "Lou", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_usagehold"))
    client = browsing(looker)
    assert client.get(address(UsageHold, "changelist")).status_code == 200
    act(client, UsageHold, "count", hold, reason="mine")
    assert not HoldDecision.objects.exists()
