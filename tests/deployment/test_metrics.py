"""Metrics: readable by those who may, right whatever the number of processes."""

import urllib.request
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from common.jobs.models import Job
from config.embedded.places import places
from config.embedded.web import running_web

TOKEN = "a-token-of-twenty-characters"


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(text: str, name: str, **labels: str) -> float | None:
    return samples(text).get((name, tuple(sorted(labels.items()))))


@pytest.fixture
def page(client, db):
    def read() -> str:
        return str(client.get("/metrics").content.decode())

    return read


def test_requests_are_counted_by_view_method_and_status(client, page):
    labels = {"view": "none", "method": "GET", "status": "404"}
    before = value(page(), "tantieme_http_requests_total", **labels) or 0
    client.get(f"/no/such/page/{uuid4()}")
    client.get(f"/no/such/page/{uuid4()}")
    text = page()
    assert value(text, "tantieme_http_requests_total", **labels) == before + 2
    assert (value(text, "tantieme_http_request_seconds_count", view="none", method="GET") or 0) >= 2
    assert value(text, "tantieme_http_requests_in_flight") == 0


def test_strangers_cannot_make_up_labels(client, page):
    client.generic("BREW", "/coffee/")
    text = page()
    assert 'method="other"' in text
    assert "BREW" not in text
    assert "coffee" not in text


def test_jobs_are_counted_and_timed_where_they_are(page):
    now = timezone.now()
    for seconds in (0.05, 5, 500):
        Job.objects.create(
            kind="slow.work",
            tenant="system",
            status=Job.Status.SUCCEEDED,
            started_at=now,
            finished_at=now + timedelta(seconds=seconds),
        )
    Job.objects.create(kind="slow.work", tenant="organisation:7")
    text = page()
    assert value(text, "tantieme_jobs", kind="slow.work", status="succeeded") == 3
    assert value(text, "tantieme_jobs", kind="slow.work", status="queued") == 1
    done = {"kind": "slow.work", "status": "succeeded"}
    assert value(text, "tantieme_job_seconds_bucket", le="10.0", **done) == 2
    assert value(text, "tantieme_job_seconds_count", **done) == 3
    assert value(text, "tantieme_job_seconds_sum", **done) == pytest.approx(505.05)
    assert (value(text, "tantieme_oldest_queued_job_seconds", kind="slow.work") or -1) >= 0
    assert value(text, "tantieme_database_up") == 1
    assert "tantieme_build_info" in text
    assert "tantieme_database_connections" in text


def test_without_a_database_the_rest_is_still_told(page, monkeypatch):
    def broken(*_args: object, **_options: object) -> None:
        raise OperationalError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", broken)
        text = page()
    assert value(text, "tantieme_database_up") == 0
    assert "tantieme_jobs" not in text
    assert "tantieme_http_requests_total" in text


@pytest.mark.parametrize(
    ("headers", "token", "address", "status"),
    [
        ({}, "", "127.0.0.1", 200),
        ({}, "", "::1", 200),
        ({}, "", "10.0.0.9", 404),
        ({"x-forwarded-for": "8.8.8.8"}, "", "127.0.0.1", 404),
        ({"forwarded": "for=8.8.8.8"}, "", "127.0.0.1", 404),
        ({}, TOKEN, "127.0.0.1", 404),
        ({"authorization": f"Bearer {TOKEN}"}, TOKEN, "10.0.0.9", 200),
        ({"authorization": f"bearer {TOKEN}"}, TOKEN, "10.0.0.9", 200),
        ({"authorization": f"Basic {TOKEN}"}, TOKEN, "10.0.0.9", 404),
        ({"authorization": f"Bearer {TOKEN}x"}, TOKEN, "10.0.0.9", 404),
        ({"authorization": "Bearer "}, "", "10.0.0.9", 404),
        ({"authorization": "Bearer ü"}, TOKEN, "10.0.0.9", 404),
    ],
)
def test_only_those_who_may_read_them_do(headers, token, address, status, client, settings, db):
    settings.METRICS_TOKEN = token
    response = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status


@pytest.mark.slow
def test_all_processes_of_a_server_are_added_up(committed_db, tmp_path):
    """Forty requests go to two processes; whichever answers the last one knows of all."""
    own = {
        "DATABASE_URL": places().url("tantieme_app", committed_db),
        "DATABASE_OWNER_URL": places().url("tantieme_owner", committed_db),
        "SECRET_KEY": "of the tests",
        "WEB_CONCURRENCY": "2",
    }
    with running_web(tmp_path, extra=own) as url:
        for _ in range(40):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(f"{url}/no-such-page")
        for _ in range(3):
            with urllib.request.urlopen(f"{url}/metrics") as response:
                text = response.read().decode()
            labels = {"view": "none", "method": "GET", "status": "404"}
            assert value(text, "tantieme_http_requests_total", **labels) == 40
            assert value(text, "tantieme_http_requests_in_flight") == 0
