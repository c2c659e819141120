"""The admin's first page: what is to be done, what went wrong, whether the books balance."""

from datetime import date

import pytest
from django.urls import reverse

from common.jobs.models import Job
from royalty.services import periods


@pytest.fixture
def figures(operator):
    """What each card says, by its label."""

    def read() -> dict[str, tuple[str, str, bool]]:
        shown = operator.get(reverse("admin:index")).context["figures"]
        for figure in shown:
            assert operator.get(figure.url).status_code == 200, figure.label
        return {each.label: (each.value, each.detail, each.is_bad) for each in shown}

    return read


def test_an_empty_installation_has_a_first_page(figures, db):
    assert figures() == {
        "periods not closed": ("0", "everything is closed", False),
        "failed jobs": ("0", "0 waiting, 0 being done", False),
        "the books": ("balance", "0 accounts in use; nothing posted yet", False),
        "last intake": ("none", "no platform has reported yet", False),
    }


def test_a_settled_month_with_a_failed_job(figures, world):
    periods.open_period(
        contract=world.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    shown = figures()
    assert shown["periods not closed"] == ("2", "2 open", False), "payouts have theirs"
    assert shown["failed jobs"][0] == "1"
    assert shown["failed jobs"][2], "somebody must look at it"
    assert shown["the books"][0] == "balance"
    assert shown["the books"][1].endswith("accounts in use; EUR")
    assert "events of revenue from Acme Music AI" in shown["last intake"][1]


def test_a_failed_job_is_one_click_away(operator, world):
    listed = operator.get(f"{reverse('admin:jobs_job_changelist')}?status__exact=failed")
    assert [job.kind for job in listed.context["cl"].result_list] == ["slow.work"]
    assert Job.objects.count() > 1, "and the others are not in the way"
