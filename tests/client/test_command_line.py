"""`tantieme`, as it is installed, against the running server and a real worker."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.embedded.worker import running_worker
from tantieme_client.cli.kinds import kind_of
from tantieme_client.cli.main import main
from tests.api.conftest import SONGS
from tests.client.conftest import Served
from tests.client.test_both_clients import use
from tests.client.weather import Instead, weather_before

pytestmark = pytest.mark.slow
TANTIEME = Path(sys.executable).with_name("tantieme")
PART_BYTES = 8 << 20


@pytest.fixture(scope="module")
def working(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server with a worker that takes files in."""
    home = tmp_path_factory.mktemp("worker")
    with running_worker(home, concurrency=1, extra=served.environment):
        yield served


def command(served: Served, *arguments: object, url: str = "", **more: str) -> subprocess.Popen:
    environment = {
        **os.environ,
        "TANTIEME_API_KEY": served.acme,
        "TANTIEME_URL": url or served.url,
        **more,
    }
    # A shell that runs the tests in its background has interrupts ignored, and children inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [TANTIEME, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(served: Served, *arguments: object, **more: str) -> tuple[int, str, str]:
    with command(served, *arguments, **more) as process:
        said, complained = process.communicate(timeout=60)
        return process.returncode, said, complained


def written(path: Path, events: list[object]) -> Path:
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_good_lines_are_pushed_and_pushed_again_count_once(working, tmp_path):
    events = written(tmp_path / "usage.ndjson", [use(f"push-{number}") for number in range(30)])
    code, said, complained = run(working, "push", events)
    assert (code, complained) == (0, "")
    assert said.startswith("taken: lines 30, new 30, known 0, refused 0 (usage, usage.ndjson, ")
    assert run(working, "push", events)[:2] == (0, said), "the same file is the same intake"
    packed = tmp_path / "other-name.ndjson.gz"
    packed.write_bytes(gzip.compress(events.read_bytes() + json.dumps(use("push-30")).encode()))
    assert "lines 31, new 1, known 30, refused 0" in run(working, "push", packed)[1]
    assert working.count("royalty_usageevent", "event_id LIKE 'push-%'") == 31


def test_bad_lines_are_named_and_refuse_the_file_or_are_left_out(working, tmp_path):
    faulty = [use("bad-0"), use("bad-1", count=-1), "{", use("bad-3", generation="nobody")]
    events = written(tmp_path / "usage.ndjson", faulty)
    code, said, _ = run(working, "push", events)
    assert code == 1
    assert said.startswith("refused: ")
    assert "line 2, count: It must be a whole number" in said
    assert working.count("royalty_usageevent", "event_id LIKE 'bad-%'") == 0
    refused = tmp_path / "refused.ndjson"
    code, said, _ = run(working, "push", events, "--good-lines", "--refused", refused)
    assert (code, said.split(" (")[0]) == (1, "taken: lines 4, new 1, known 0, refused 3")
    told = [json.loads(line) for line in refused.read_text(encoding="utf-8").splitlines()]
    assert [(line["line"], line["outcome"]) for line in told] == [
        (2, "refused"),
        (3, "refused"),
        (4, "refused"),
    ]
    assert working.count("royalty_usageevent", "event_id LIKE 'bad-%'") == 1


def test_what_was_refused_is_tried_again_once_it_may_be_good(working, tmp_path, client):
    events = written(tmp_path / "usage.ndjson", [use("late-1", generation="to-come")])
    assert run(working, "push", events)[0] == 1
    client.generations.send(SONGS[4], external_id="to-come", model_version="m@1")
    code, said, _ = run(working, "push", events)
    assert (code, said.split(" (")[0]) == (0, "taken: lines 1, new 1, known 0, refused 0")


def test_a_push_that_was_killed_goes_on_where_it_was(working, tmp_path):
    padded = [json.dumps(use(f"killed-{number}")).ljust(4000) for number in range(4300)]
    events = written(tmp_path / "usage.ndjson", padded)
    assert 2 * PART_BYTES < events.stat().st_size < 3 * PART_BYTES
    with weather_before(working.url) as weather:
        weather.swallowing = "/parts/2"
        with command(working, "push", events, url=weather.url) as process:
            assert weather.swallowed.wait(30)
            while len([path for path in weather.answered if "/parts/" in path]) < 2:
                time.sleep(0.02)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        weather.swallowing = ""
        weather.seen.clear()
        code, said, complained = run(working, "push", events, url=weather.url)
        sent = [path.rpartition("/")[2] for path, _ in weather.seen if "/parts/" in path]
    assert (code, complained) == (0, "")
    assert sent == ["2"], "the other parts were there"
    assert "lines 4,300, new 4,300, known 0, refused 0" in said
    assert working.count("royalty_usageevent", "event_id LIKE 'killed-%'") == 4300


def test_an_interrupted_push_says_how_to_go_on(served, tmp_path):
    events = written(tmp_path / "usage.ndjson", [use("interrupted")])
    with weather_before(served.url) as weather:
        weather.swallowing = "/uploads"
        with command(served, "push", events, url=weather.url) as process:
            assert weather.swallowed.wait(30)
            process.send_signal(signal.SIGINT)
            _, complained = process.communicate(timeout=20)
    assert process.returncode == 130
    assert complained == "tantieme: interrupted; the same command goes on.\n"


@pytest.fixture
def here(served: Served, monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Run a command in this process, which is quicker."""

    def run_here(*arguments: object, key: str = served.acme) -> tuple[int, str, str]:
        monkeypatch.setenv("TANTIEME_API_KEY", key)
        code = main(["--url", served.url, *map(str, arguments)])
        return code, *capsys.readouterr()

    return run_here


def test_a_piece_is_sent_and_asked_for_by_its_name(here, tmp_path):
    song = tmp_path / "nocturne.mid"
    song.write_bytes(SONGS[5].read_bytes())
    code, said, _ = here("generations", "send", song, "--model-version", "m@1")
    piece = json.loads(said)
    assert (code, piece["external_id"]) == (0, "nocturne")
    code, said, _ = here("attribution", "nocturne")
    assert (code, json.loads(said)["generation"]) == (0, piece["id"])
    code, said, _ = here("attribution", "G1", "--wait")
    assert (code, len(json.loads(said)["shares"])) == (0, 3)


def test_what_a_key_may_do_is_told_without_its_secret(served, here):
    code, said, _ = here("key", key=served.reader)
    assert (code, json.loads(said)["scopes"]) == (0, ["read"])
    assert served.reader.rpartition("_")[2] not in said


def test_problems_are_sentences_and_exit_codes(served, here, tmp_path):
    events = written(tmp_path / "usage.ndjson", [use("never")])
    code, said, complained = here("push", events, key=served.reader)
    assert (code, said) == (1, "")
    assert complained.startswith("tantieme: ")
    assert "scope" in complained
    assert served.reader.rpartition("_")[2] not in complained
    code, _, complained = here("attribution", "nobody")
    assert (code, complained) == (1, "tantieme: You have sent no piece called 'nobody'.\n")
    code, _, complained = here("push", tmp_path / "not-there.ndjson")
    assert code == 1
    assert "No such file" in complained
    with weather_before(served.url) as weather:
        weather.coming[:] = [Instead(507, "storage-full")]
        code, _, complained = here("--url", weather.url, "push", events)
    assert code == 3, "their disk is full: later"


def test_without_a_key_nothing_is_tried(here, capsys):
    with pytest.raises(SystemExit) as caught:
        here("jobs", "x", key="")
    assert caught.value.code == 2
    assert "There is no key: pass one, or set TANTIEME_API_KEY." in capsys.readouterr().err


def test_the_content_tells_uses_from_revenue(tmp_path):
    path = tmp_path / "events"
    for kind, content in (
        ("usage", json.dumps(use("u")).encode()),
        ("usage", b"\xef\xbb\xbfevent_id,service,generation,subscriber,used_at,count\n"),
        ("usage", gzip.compress(json.dumps(use("u")).encode() + b"\n" * 99_999)),
        ("usage", b"HEAD\tM1\t"),
        ("revenue", b'\n\n{"event_id": "r", "amount": "1.00"}\n'),
        ("revenue", b"event_id,service,kind,amount,currency,earned_on\r\n"),
    ):
        path.write_bytes(content)
        assert kind_of(path) == kind
    for content in (b"", b"{}", b"[]", b"\x1f\x8bnot packed", b"\x00" * 100, b"name\n"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="say --kind usage"):
            kind_of(path)
