"""An import that dies leaves nothing, and two imports at once end as one."""

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from catalog.deliveries.models import Delivery
from catalog.deliveries.services import folders
from catalog.deliveries.services.folders import import_manifest
from catalog.media import UnreadableMedia
from catalog.services.importing import writing
from tests.catalog.manifests import TODAY, assert_nothing_imported, catalogue_size, midi


def die_in_the_middle() -> None:
    """What a server that is killed looks like from inside the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_connection_killed_after_most_was_written_leaves_nothing(
    committed_db, folder, monkeypatch
):
    folder.add(1, 2, 3)

    def killed(*_):
        assert catalogue_size()["Share"] == 6
        die_in_the_middle()

    monkeypatch.setattr(writing, "_create_consents", killed)
    with pytest.raises(OperationalError):
        folder.bring_in()
    connection.close()
    assert_nothing_imported()
    assert Delivery.objects.get().status == Delivery.Status.APPROVED  # and nothing of it is done

    monkeypatch.undo()
    assert folder.bring_in().created_count == 3


def test_two_imports_at_once_end_as_one(committed_db, folder):
    folder.add(*range(1, 9)).manifest.write_text(folder.text())
    reports, start = [], threading.Barrier(3)

    def bring_in() -> None:
        start.wait()
        try:
            reports.append(import_manifest(path=folder.manifest, as_of=TODAY))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=bring_in) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(report.created_count for report in reports) == [0, 0, 8]
    assert sorted(report.unchanged_count for report in reports) == [0, 8, 8]
    assert catalogue_size()["Track"] == catalogue_size()["Asset"] == 8
    assert catalogue_size()["Party"] == 2


@pytest.mark.django_db
def test_a_file_that_changes_between_check_and_import_stops_it(folder, monkeypatch):
    folder.add(1, 2)
    write = folders.write

    def swapped(*args):
        (folder.path / "2.mid").write_bytes(midi(66))
        return write(*args)

    monkeypatch.setattr(folders, "write", swapped)
    with pytest.raises(UnreadableMedia, match=r"2\.mid changed"), transaction.atomic():
        folder.bring_in()
    assert_nothing_imported()
