"""Deliveries as senders send them, checked and written as workers would."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

from catalog.deliveries import tasks  # noqa: F401 registers the handlers
from catalog.deliveries.models import Delivery
from catalog.deliveries.services import receiving
from catalog.models import Sender
from common.hashing import sha256_bytes
from common.jobs import runner

DAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def line(number: int, **cells: str) -> dict[str, str]:
    """A track known by its description alone; cells named are replaced."""
    return {
        "track_id": f"t{number}",
        "title": f"Song {number}",
        "isrc": f"DEABC26{number:05}",
        "composer": "Ada Adams",
        "composer_wikidata": "Q1",
        "composer_share_pct": "100",
    } | cells


def as_csv(lines: list[dict[str, str]]) -> bytes:
    output = io.StringIO()
    columns = list(dict.fromkeys(name for each in lines for name in each))
    writer = csv.DictWriter(output, columns, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return output.getvalue().encode()


def sender(code: str = "label", **values) -> Sender:
    return Sender.objects.get_or_create(code=code, defaults={"name": code.title(), **values})[0]


def send(
    folder: Path, lines: list[dict[str, str]] | bytes, *, of: Sender, name="new.csv", **options
) -> Delivery:
    """Receive a file and let a worker check it."""
    content = lines if isinstance(lines, bytes) else as_csv(lines)
    path = folder / "sent"
    path.write_bytes(content)
    file = receiving.SentFile(path, name, sha256_bytes(content))
    delivery, _ = receiving.receive(file=file, sender=of, as_of=DAY, **options)
    return worked(delivery)


def worked(delivery: Delivery) -> Delivery:
    """The delivery after its job was done."""
    assert delivery.job is not None
    runner.run(delivery.job.pk)
    return Delivery.objects.select_related("job").get(pk=delivery.pk)


def approved(delivery: Delivery) -> Delivery:
    """The delivery after it was approved and written."""
    return worked(receiving.approve(delivery, as_of=NOW))


def outcomes(delivery: Delivery) -> list[tuple[int, str]]:
    return list(delivery.rows.order_by("number").values_list("number", "outcome"))
