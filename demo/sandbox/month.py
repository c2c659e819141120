"""`python -m demo.sandbox.month KEY`: a month of usage, and what came of it, within a minute.

It does what an integrator does, by the API alone: sends a piece, waits for its attribution, reports
a month of uses and fees, moves the clock on, and reads the period, the account, the invoice and a
rights holder's statement. It prints how long each step took.
"""

import argparse
import csv
import json
import random
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from demo.sizes import SIZES

ORIGIN = "http://127.0.0.1:8100"
USES, SUBSCRIBERS, PIECES = 100_000, 2_000, 5
CATALOGUE = Path(__file__).parents[1] / "catalogue"
POLL_SECONDS = 0.3


class ApiError(Exception):
    """What the API answered instead."""


@dataclass(frozen=True)
class Api:
    """The sandbox as a program with a key sees it."""

    origin: str
    key: str

    def get(self, path: str) -> Any:
        return json.loads(self.ask("GET", path))

    def post(self, path: str, body: bytes, kind: str = "application/json") -> Any:
        return json.loads(self.ask("POST", path, body, kind))

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> bytes:
        """The answer's bytes. Raises ApiError with the problem document where it is one."""
        url = path if path.startswith("http") else f"{self.origin}/api/v1/{path}"
        headers = {"Authorization": f"Bearer {self.key}"} | ({"Content-Type": kind} if kind else {})
        request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310 ours
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310 ours
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            raise ApiError(f"{method} {path}: {error.read().decode()}") from error


class Watch:
    """Says how long each step took."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()

    def __call__(self, what: str) -> None:
        now = time.monotonic()
        sys.stdout.write(f"{now - self._last:7.1f} s  {what}\n")
        self._last = now

    def total(self) -> float:
        return time.monotonic() - self._began


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.sandbox.month", description=__doc__)
    parser.add_argument("key")
    parser.add_argument("--origin", default=ORIGIN)
    parser.add_argument("--uses", type=int, default=USES)
    options = parser.parse_args()
    watch = Watch()
    try:
        _live(Api(options.origin.rstrip("/"), options.key), options.uses, watch)
    except (ApiError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{watch.total():7.1f} s  all of it\n")
    return 0


def _live(api: Api, uses: int, watch: Watch) -> None:
    now = datetime.fromisoformat(api.get("sandbox/clock")["now"])
    batch = f"{now:%Y%m}-{uuid.uuid4().hex[:8]}"
    sent = [_send_piece(api, f"{song.stem}-{batch}", song, now) for song in _songs()]
    shared = sum(_has_shares(api, piece) for piece in sent)
    watch(f"{len(sent)} pieces are sent and attributed; of {shared} a song is known that shaped it")
    names = [piece["external_id"] for piece in sent]
    lines = "\n".join(map(json.dumps, _uses(names, batch, uses, now))).encode()
    taken = api.post("usage", lines, "application/x-ndjson")
    fees = "\n".join(map(json.dumps, _fees(batch, now))).encode()
    api.post("revenue", fees, "application/x-ndjson")
    watch(f"{taken['new']:,} uses and {SUBSCRIBERS:,} fees are taken in")
    _advance(api, _next_month(now))
    watch("the clock is moved on, and the month is closed, published and invoiced")
    _read(api, now, watch)


def _read(api: Api, now: datetime, watch: Watch) -> None:
    start = f"{now:%Y-%m}-01"
    (row,) = api.get(f"periods?service=studio&from={start}&until={start[:-2]}02")["data"]
    period = api.get(row["url"])
    account = api.get(f"periods/{period['id']}/account")
    statements = api.get(f"sandbox/statements?period={period['id']}&limit=100")["data"]
    watch(
        f"{period['contract']} {start[:-3]} is {period['status']}: {period['result']['gross']} "
        f"{period['currency']} came in, {period['result']['due']} are due, "
        f"{account['closing']} are owed; {len(statements)} statements"
    )
    first = max(statements, key=lambda each: float(each["earned"]))
    urls = {each["kind"]: each["url"] for each in first["documents"]}
    pdf = api.ask("GET", urls["pdf"])
    invoice = api.get(f"invoices/{period['invoice']}")
    watch(
        f"{first['party']} earned {first['earned']} (a PDF of {len(pdf):,} bytes); "
        f"{invoice['number']} is of {invoice['gross']}"
    )


def _send_piece(api: Api, name: str, song: Path, now: datetime) -> Any:
    """A song that the model was trained on, note for note, so that there is something to find."""
    boundary = uuid.uuid4().hex
    fields = {"external_id": name, "model_version": "lieder@1", "generated_at": now.isoformat()}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="piece.mid"\r\n'
        "Content-Type: audio/midi\r\n\r\n"
    )
    body = (
        "".join(parts).encode()
        + head.encode()
        + song.read_bytes()
        + f"\r\n--{boundary}--\r\n".encode()
    )
    return api.post("generations", body, f"multipart/form-data; boundary={boundary}")


def _songs() -> list[Path]:
    """Some of those that the sandbox's model was trained on: every so manieth of the manifest."""
    with (CATALOGUE / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        rows = [row for row in csv.DictReader(manifest) if row["demo_role"] == "train"]
    trained = rows[:: max(1, len(rows) // SIZES["tiny"].limit)]
    return [CATALOGUE / row["file"] for row in trained[1 : 1 + PIECES]]


def _has_shares(api: Api, piece: Any) -> bool:
    """Wait for a piece's attribution: whether it found anything that counts."""
    while True:
        found = api.get(piece["attribution_url"])
        if found["status"] in {"attributed", "failed"}:
            return bool(found["shares"])
        time.sleep(POLL_SECONDS)


def _uses(pieces: Sequence[str], batch: str, count: int, now: datetime) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)  # noqa: S311 the same month every time
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    seconds = max(1, int((now - start).total_seconds()))
    for number in range(count):
        moment = start + timedelta(seconds=chance.randrange(seconds))
        yield {
            "event_id": f"use-{batch}-{number}",
            "service": "studio",
            "generation": pieces[number % len(pieces)],
            "subscriber": f"s-{chance.randrange(SUBSCRIBERS):05d}",
            "used_at": moment.isoformat(),
            "count": 1,
        }


def _fees(batch: str, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(SUBSCRIBERS):
        yield {
            "event_id": f"fee-{batch}-{number}",
            "service": "studio",
            "kind": "subscription",
            "subscriber": f"s-{number:05d}",
            "amount": "9.99",
            "currency": "EUR",
            "earned_on": f"{now:%Y-%m}-01",
        }


def _next_month(now: datetime) -> datetime:
    later = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)
    return later.replace(day=1, tzinfo=UTC)


def _advance(api: Api, to: datetime) -> None:
    body = json.dumps({"advance_to": to.isoformat()}).encode()
    job = api.post("sandbox/clock", body)
    while job["status"] in {"queued", "running"}:
        time.sleep(POLL_SECONDS)
        job = api.get(job["url"])
    if job["status"] != "succeeded":
        raise ApiError(f"The clock was not moved: {job}")


if __name__ == "__main__":
    sys.exit(main())
