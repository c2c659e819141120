"""What browsers are told, and what production refuses to run without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.test import Client

from config.middleware import ClientAddress
from tests.admin.conftest import member

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DATABASE_URL": "postgresql://app:secret@db.example:5432/tantieme",
    "DATABASE_OWNER_URL": "postgresql://owner:secret@db.example:5432/tantieme",
    "CELERY_BROKER_URL": "redis://broker.example:6379/0",
    "SECRET_KEY": "q7Vd_0rTzK4mX9bN2sLw8yHc5JfGu3PeRa6iQoBt1ZxWnMvDkE",
    "ALLOWED_HOSTS": "tantieme.example",
    "HTTPS": "1",
    "TRUSTED_PROXIES": "1",
    "METRICS_TOKEN": "a-token-of-twenty-characters",
}


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_djangos_own_deployment_check_finds_nothing_with_the_documented_variables():
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert checked.returncode == 0, checked.stderr


def test_without_https_the_same_check_complains():
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION | {"HTTPS": "0"})
    assert checked.returncode != 0
    assert "SECURE_SSL_REDIRECT" in checked.stderr


def test_pages_carry_the_headers(client, db):
    response = client.get("/sign-in/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "Server" not in response


def test_only_the_admin_has_the_relaxed_policy(db):
    client = Client()
    olga = member("operator", "Olga", is_staff=True, is_superuser=True)
    client.force_login(olga, "django.contrib.auth.backends.ModelBackend")
    relaxed = client.get("/admin/")["Content-Security-Policy"]
    assert "'unsafe-eval'" in relaxed
    assert "http" not in relaxed, "and nothing from elsewhere even there"
    for page in ("/", "/sign-in/", "/no-such-page", "/admin/no-such-page/"):
        response = client.get(page)
        if not page.startswith("/admin"):
            assert "unsafe" not in response["Content-Security-Policy"], page


def test_http_is_sent_on_to_https_and_cookies_stay_there(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 3600
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    redirect = client.get("/sign-in/")
    assert (redirect.status_code, redirect["Location"]) == (301, "https://testserver/sign-in/")
    secure = client.get("/sign-in/", headers={"x-forwarded-proto": "https"})
    assert secure.status_code == 200
    assert secure["Strict-Transport-Security"] == "max-age=3600"


def test_a_host_that_is_not_ours_is_refused(client, db):
    assert client.get("/sign-in/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "8.8.8.8", "10.0.0.1"),
        (1, "8.8.8.8", "8.8.8.8"),
        (1, "6.6.6.6, 8.8.8.8", "8.8.8.8"),
        (2, "6.6.6.6, 8.8.8.8, 10.0.0.2", "8.8.8.8"),
        (2, "8.8.8.8", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_an_address_is_believed_only_from_proxies_of_ours(
    proxies, forwarded, expected, rf, settings
):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="10.0.0.1")
    ClientAddress(lambda request: request)(request)
    assert request.META["REMOTE_ADDR"] == expected


def test_guesses_are_counted_by_the_address_that_the_proxy_saw():
    """The guard against guessing reads REMOTE_ADDR, so the true one must be there first."""
    order = project_settings.MIDDLEWARE
    assert order[0] == "config.middleware.ClientAddress"
    assert order[-1] == "axes.middleware.AxesMiddleware"
