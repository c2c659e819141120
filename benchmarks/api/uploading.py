"""A caller that uploads a file in parts and hands it in, in the way the documentation says."""

import hashlib
import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

BLOCK_BYTES = 1 << 20
POLL_SECONDS = 0.2
TIMEOUT_SECONDS = 120
FINISHED = ("taken", "refused", "failed")


class Refused(Exception):
    """An answer that was not expected; the message holds it."""


class Caller:
    """A program with a key at an address."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key

    def announce(self, path: Path) -> dict[str, Any]:
        """Announce a file of uses; returns the upload, with its parts' size."""
        said = {
            "purpose": "usage",
            "size_bytes": path.stat().st_size,
            "sha256": sha256_of(path),
            "file_name": path.name,
        }
        upload: dict[str, Any] = self.ask("POST", "uploads", said)
        return upload

    def missing_parts(self, upload: dict[str, Any]) -> list[int]:
        """Which parts are not there yet."""
        there = self.ask("GET", f"uploads/{upload['id']}")["received_parts"]
        return [number for number in range(1, upload["part_count"] + 1) if number not in there]

    def send_part(self, upload: dict[str, Any], path: Path, number: int) -> None:
        """Send one part of the file."""
        with path.open("rb") as file:
            file.seek((number - 1) * upload["part_bytes"])
            content = file.read(upload["part_bytes"])
        self._send("PUT", f"uploads/{upload['id']}/parts/{number}", content, "octet-stream")

    def begin_part(self, upload: dict[str, Any], path: Path, number: int) -> None:
        """Send half of a part and leave the connection open."""
        with path.open("rb") as file:
            file.seek((number - 1) * upload["part_bytes"])
            content = file.read(upload["part_bytes"])
        self._half_sent = http.client.HTTPConnection(urlsplit(self._url).netloc)
        self._half_sent.putrequest("PUT", f"/api/v1/uploads/{upload['id']}/parts/{number}")
        self._half_sent.putheader("Authorization", f"Bearer {self._key}")
        self._half_sent.putheader("Content-Type", "application/octet-stream")
        self._half_sent.putheader("Content-Length", str(len(content)))
        self._half_sent.endheaders(content[: len(content) // 2])

    def complete(self, upload: dict[str, Any]) -> None:
        """Have the whole held against its sha256, and wait for it."""
        sealed = self.ask("POST", f"uploads/{upload['id']}/complete", {})
        while sealed["status"] == "verifying":
            time.sleep(POLL_SECONDS)
            sealed = self.ask("GET", f"uploads/{upload['id']}")
        if sealed["status"] != "sealed":
            raise Refused(f"The upload is {sealed['status']}.")

    def hand_in(self, upload: dict[str, Any], **said: Any) -> dict[str, Any]:
        """Have a completed upload taken in; returns the file as it is then."""
        file: dict[str, Any] = self.ask("POST", "usage/files", {"upload": upload["id"], **said})
        return file

    def watch(self, file: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The file as it is, again and again until it is finished."""
        while file["status"] not in FINISHED:
            yield file
            time.sleep(POLL_SECONDS)
            file = self.ask("GET", f"intake-files/{file['id']}")
        yield file

    def ask(self, method: str, path: str, said: Any = None) -> Any:
        """What the API answers to a JSON object, or to nothing.

        Raises:
            Refused: with a problem.
        """
        body = b"" if said is None else json.dumps(said).encode()
        return self._send(method, path, body, "json")

    def _send(self, method: str, path: str, body: bytes, kind: str) -> Any:
        connection = http.client.HTTPConnection(urlsplit(self._url).netloc, timeout=TIMEOUT_SECONDS)
        headers = {"Authorization": f"Bearer {self._key}"}
        if body:
            headers["Content-Type"] = f"application/{kind}"
        connection.request(method, f"/api/v1/{path}", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status >= 400:
            raise Refused(f"{method} {path}: {answer.status} {content[:500]!r}")
        return json.loads(content)


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
