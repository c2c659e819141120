"""Log lines: one JSON object each, with the request they belong to, and nothing that is private."""

import io
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
import structlog
from django.test import Client

from accounts.models import Membership, Organisation, User
from config.embedded.places import places
from config.embedded.web import running_web
from config.environment import read_environment
from config.observability.logs import logging_of

FORMATTER = logging_of(read_environment({"LOG_FORMAT": "json"}))["formatters"]["line"]


@pytest.fixture
def lines() -> Iterator[list[dict]]:
    """What is logged meanwhile, read back from the JSON that a machine would get."""
    options = {key: value for key, value in FORMATTER.items() if key != "()"}
    stream, read = io.StringIO(), _Lines()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(FORMATTER["()"](**options))
    root = logging.getLogger()
    level, read.stream = root.level, stream
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield read
    root.removeHandler(handler)
    root.setLevel(level)


class _Lines:
    """Reads the stream anew whenever somebody looks."""

    stream: io.StringIO

    def __iter__(self) -> Iterator[dict]:
        return (json.loads(line) for line in self.stream.getvalue().splitlines())

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def requests(self) -> list[dict]:
        return [line for line in self if line["message"] == "request"]


@pytest.fixture
def ada(db) -> User:
    ada = User.objects.create_user("ada@example.org", "a good password", name="Ada Lovelace")
    office = Organisation.objects.create(name="Office", kind=Organisation.Kind.OPERATOR)
    Membership.objects.create(user=ada, organisation=office)
    return ada


def test_a_request_is_one_line_with_ids_and_no_names(lines, ada):
    client = Client()
    client.force_login(ada, "django.contrib.auth.backends.ModelBackend")
    client.get("/sign-in/", {"token": "hunter2"})
    (line,) = lines.requests()
    assert line["path"] == "/sign-in/"
    assert line["view"] == "sign-in"
    assert line["method"] == "GET"
    assert line["milliseconds"] > 0
    assert line["user"] == ada.pk
    assert line["organisation"] == ada.organisations.get().pk
    assert line["level"] == "info"
    for secret in ("hunter2", "ada@example.org", "Ada Lovelace"):
        assert secret not in lines.text


def test_a_wrong_password_leaves_neither_address_nor_password_in_the_log(lines, ada, client):
    for _ in range(9):
        client.post("/sign-in/", {"username": "ada@example.org", "password": "hunter2"})
    assert lines.requests()
    assert "hunter2" not in lines.text
    assert "ada@example.org" not in lines.text


def test_a_well_formed_request_id_is_kept_and_given_back(lines, client, db):
    response = client.get("/sign-in/", headers={"x-request-id": "0123-abcd.EF_9"})
    assert response["X-Request-ID"] == "0123-abcd.EF_9"
    assert response.wsgi_request.request_id == "0123-abcd.EF_9"
    assert lines.requests()[0]["request_id"] == "0123-abcd.EF_9"


@pytest.mark.parametrize(
    "given", ["short", "x" * 129, "a b c d e f g", "<script>alert()", "ünïcödé!"]
)
def test_any_other_id_is_replaced(given, lines, client, db):
    response = client.get("/sign-in/", headers={"x-request-id": given})
    assert response["X-Request-ID"] != given
    assert len(response["X-Request-ID"]) == 32
    assert given not in lines.text


def test_two_requests_have_two_ids(client, db):
    first, second = client.get("/sign-in/"), client.get("/sign-in/")
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_lines_of_the_standard_library_carry_the_request_too(lines):
    with structlog.contextvars.bound_contextvars(request_id="r-1", job="j-1", attempt=2):
        logging.getLogger("royalty.services").warning("%s of %s lines", 3, 4)
    (line,) = list(lines)
    assert line["message"] == "3 of 4 lines"
    assert (line["request_id"], line["job"], line["attempt"]) == ("r-1", "j-1", 2)
    assert line["logger"] == "royalty.services"


def test_an_exception_is_one_line_without_the_values_of_variables(lines):
    password = "hunter2"
    try:
        raise ValueError("the file is broken")
    except ValueError:
        logging.getLogger("x").exception("failed")
    (line,) = list(lines)
    assert "ValueError: the file is broken" in line["exception"]
    assert "hunter2" not in line["exception"], password


def test_a_line_cannot_be_forged_by_what_somebody_sends(lines, client, db):
    client.get("/no%0a%7b%22message%22%3a%22request%22%7d")
    assert len(lines.requests()) == 1


@pytest.mark.slow
def test_a_real_server_writes_nothing_but_json(committed_db, tmp_path):
    own = {
        "DATABASE_URL": places().url("tantieme_app", committed_db),
        "DATABASE_OWNER_URL": places().url("tantieme_owner", committed_db),
        "SECRET_KEY": "of the tests",
        "LOG_LEVEL": "INFO",
    }
    with running_web(tmp_path, extra=own) as url, pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{url}/no-such-page")
    written = [json.loads(line) for line in (tmp_path / "web.log").read_text().splitlines()]
    assert {"gunicorn.error", "tantieme.requests"} <= {line["logger"] for line in written}
    assert all({"timestamp", "level", "message"} <= set(line) for line in written)
