"""Files in parts, by the client: at once, again, and by another process after a crash."""

import asyncio
from pathlib import Path

import pytest

from tantieme_client import AsyncTantieme, Tantieme, problems
from tests.client.conftest import Served
from tests.client.weather import weather_before

pytestmark = pytest.mark.slow
PART_BYTES = 8 << 20


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two parts and a byte."""
    path = tmp_path / "recording.bin"
    path.write_bytes(b"abcdefgh" * (2 * PART_BYTES // 8) + b"!")
    return path


def test_a_file_is_sent_in_parts_and_sealed(client, recording):
    told = []
    sent = client.uploads.send(recording, "audio", on_progress=lambda *at: told.append(at))
    assert sent.status == "sealed"
    assert sent.size_bytes == recording.stat().st_size
    assert told[0] == (0, sent.size_bytes)
    assert told[-1] == (sent.size_bytes, sent.size_bytes)
    assert len(told) == 4
    assert sorted(told) == told


def test_a_file_that_is_there_is_not_sent_again(served, recording):
    with weather_before(served.url) as weather, Tantieme(served.acme, weather.url) as client:
        first = client.uploads.send(recording, "audio", name="again")
        parts = [path for path, _ in weather.seen if "/parts/" in path]
        assert len(parts) == 3
        assert client.uploads.send(recording, "audio", name="again").id == first.id
        assert [path for path, _ in weather.seen if "/parts/" in path] == parts


def test_the_asynchronous_client_goes_on_with_what_another_began(served: Served, recording):
    async def go_on() -> tuple[str, int]:
        with weather_before(served.url) as weather:
            async with AsyncTantieme(served.acme, weather.url) as client:
                sent = await client.uploads.send(recording, "audio", name="both")
                return str(sent.id), len([path for path, _ in weather.seen if "/parts/" in path])

    with Tantieme(served.acme, served.url) as client:
        client.uploads._complete = lambda upload: upload  # it ends before the end
        client.uploads.send(recording, "audio", name="both")
        upload = next(iter(client.uploads.list(status="open")))
    assert asyncio.run(go_on()) == (str(upload.id), 0)


def test_an_abandoned_upload_is_begun_anew(client, recording):
    first = client.uploads.send(recording, "audio", name="anew")
    client.uploads.abandon(first.id)
    second = client.uploads.send(recording, "audio", name="anew")
    assert second.id != first.id
    assert second.status == "sealed"


def test_a_file_that_changes_while_it_is_sent_is_not_taken(client, recording):
    def change(done: int, total: int) -> None:
        if not done:
            with recording.open("r+b") as file:
                file.write(b"changed!")

    with pytest.raises(problems.FileChanged):
        client.uploads.send(recording, "audio", name="changed", on_progress=change)
    assert not list(client.uploads.list(status="open"))
    sent = client.uploads.send(recording, "audio", name="changed")
    assert sent.status == "sealed"


def test_a_file_that_is_cut_while_it_is_sent_is_not_taken(client, recording):
    def cut(done: int, total: int) -> None:
        if not done:
            recording.write_bytes(b"short")

    with pytest.raises(problems.FileChanged, match="shorter"):
        client.uploads.send(recording, "audio", name="cut", on_progress=cut)


def test_the_asynchronous_client_tells_the_same_errors(served: Served, recording):
    async def send() -> None:
        async with AsyncTantieme(served.acme, served.url) as client:
            cut = lambda done, total: done or recording.write_bytes(b"short")  # noqa: E731
            await client.uploads.send(recording, "audio", name="cut too", on_progress=cut)

    with pytest.raises(problems.FileChanged, match="shorter"):
        asyncio.run(send())


def test_an_empty_file_is_refused_here(client, tmp_path):
    (tmp_path / "empty").touch()
    with pytest.raises(ValueError, match="is empty"):
        client.uploads.send(tmp_path / "empty", "audio")
