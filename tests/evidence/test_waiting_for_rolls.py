"""What is not prepared is asked for once, waited for, and asked for again when it is lost."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from attribution.selectors.rolls import roll_bytes, roll_name
from attribution.services.rolls import KIND, RETRY_AFTER
from common.jobs.models import Job
from common.storage import put
from tests.evidence.conftest import scale

POLL = {"HTTP_HX_REQUEST": "true"}


def prepare(month) -> None:
    for asset in month.assets:
        put(roll_name(asset, month.store), roll_bytes(scale()))


def end_jobs(status: str, ago: timedelta = timedelta(0), error: str = "") -> None:
    ended = timezone.now() - ago
    Job.objects.filter(kind=KIND).update(status=status, finished_at=ended, error=error)


def test_what_is_missing_is_asked_for_as_the_one_who_looks(month):
    page = month.ida.get(month.url).content.decode()
    assert "The music is being prepared" in page
    assert 'hx-trigger="every 2s"' in page
    jobs = Job.objects.filter(kind=KIND)
    assert [job.payload["asset"] for job in jobs.order_by("pk")] == [a.pk for a in month.assets]
    assert all(job.tenant.startswith("organisation:") for job in jobs)


def test_only_what_is_missing_is_asked_for(month):
    put(roll_name(month.assets[0], month.store), roll_bytes(scale()))
    month.ida.get(month.url)
    assert Job.objects.get(kind=KIND).payload["asset"] == month.assets[1].pk


def test_looking_again_asks_for_nothing_more(month):
    for _ in range(3):
        month.ida.get(month.url)
    assert Job.objects.filter(kind=KIND).count() == 2


def test_it_works_without_scripts(month):
    page = month.ida.get(month.url).content.decode()
    assert f'<a class="button" id="look-again" href="{month.url}">Look again</a>' in page
    prepare(month)
    assert "<piano-roll" in month.ida.get(month.url).content.decode()


def test_a_poll_gets_only_how_it_stands(month):
    response = month.ida.get(month.url, **POLL)
    assert response.content.decode().lstrip().startswith('<div class="empty" id="progress"')
    assert "<html" not in response.content.decode()


def test_a_poll_reloads_the_page_when_all_is_there(month):
    month.ida.get(month.url)
    prepare(month)
    assert month.ida.get(month.url, **POLL)["HX-Refresh"] == "true"


def test_the_chosen_pair_is_kept_while_waiting(month):
    page = month.ida.get(month.url + "?pair=3").content.decode()
    assert f'hx-get="{month.url}?pair=3"' in page


def test_a_failure_is_said_in_words_that_stay_text(month):
    month.ida.get(month.url)
    end_jobs("failed", error="<b>abc</b> has 99 notes too many.")
    page = month.ida.get(month.url).content.decode()
    assert "The music could not be read" in page
    assert "&lt;b&gt;abc&lt;/b&gt; has 99 notes too many." in page
    assert "every 2s" not in page


@pytest.mark.parametrize("status", ["failed", "succeeded"])
def test_a_minute_after_the_end_it_is_tried_again(month, status):
    month.ida.get(month.url)
    end_jobs(status, ago=RETRY_AFTER - timedelta(seconds=10))
    month.ida.get(month.url)
    assert not Job.objects.filter(kind=KIND, status="queued").exists()
    end_jobs(status, ago=RETRY_AFTER + timedelta(seconds=1))
    assert "being prepared" in month.ida.get(month.url).content.decode()
    assert Job.objects.filter(kind=KIND, status="queued").count() == 2


def test_a_damaged_roll_is_prepared_again(heard):
    name = roll_name(heard.assets[0], heard.store)
    with default_storage.open(name) as stored:
        content = stored.read()
    put(name, content[:100])
    assert "being prepared" in heard.ida.get(heard.url).content.decode()
    assert Job.objects.get(kind=KIND).payload["asset"] == heard.assets[0].pk
    end_jobs("succeeded")
    assert "damaged or lost" in heard.ida.get(heard.url).content.decode()
    put(name, content)
    assert "<piano-roll" in heard.ida.get(heard.url).content.decode()


def test_strangers_ask_for_nothing(month):
    assert month.otto.get(month.url).status_code == 404
    assert not Job.objects.filter(kind=KIND).exists()
