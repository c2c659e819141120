"""From its arrival to the catalogue: checked, approved, written, and never twice."""

import io
import zipfile

import pytest

from catalog.deliveries.models import Delivery
from catalog.deliveries.services import receiving, writing
from catalog.models import Share, Track, Work
from common.jobs.models import Job
from tests.catalog.deliveries.sending import NOW, approved, line, outcomes, send, sender, worked
from tests.catalog.manifests import midi

pytestmark = pytest.mark.django_db


def test_a_check_says_what_would_happen_and_changes_nothing(tmp_path):
    delivery = send(tmp_path, [line(1), line(2)], of=sender())
    assert (delivery.status, delivery.created_count) == ("checked", 2)
    assert not Track.objects.exists()
    delivery = approved(delivery)
    assert (delivery.status, delivery.created_count) == ("done", 2)
    track = Track.objects.select_related("sender", "work__sender").get(ref="t1")
    assert (track.sender, track.work.sender, track.isrc) == (sender(), sender(), "DEABC2600001")
    assert track.asset is None


def test_the_same_bytes_again_are_the_delivery_that_is_there(tmp_path):
    first = approved(send(tmp_path, [line(1)], of=sender()))
    again = send(tmp_path, [line(1)], of=sender())
    assert again.pk == first.pk
    assert Delivery.objects.count() == 1
    assert send(tmp_path, [line(1)], of=sender("other")).pk != first.pk


def test_the_same_bytes_count_anew_after_a_later_delivery_changed_things(tmp_path):
    first = approved(send(tmp_path, [line(1)], of=sender()))
    approved(send(tmp_path, [line(1, title="Other")], of=sender()))
    back = approved(send(tmp_path, [line(1)], of=sender()))
    assert back.pk != first.pk
    assert Track.objects.get().title == "Song 1"


def test_one_bad_row_refuses_all_unless_good_rows_are_taken(tmp_path):
    lines = [line(1), line(2, title=""), line(3)]
    refused = send(tmp_path, lines, of=sender())
    assert refused.status == "refused"
    assert outcomes(refused) == [(2, "held back"), (3, "rejected"), (4, "held back")]
    with pytest.raises(receiving.DeliveryConflict, match="refused"):
        receiving.approve(refused, as_of=NOW)
    taken = approved(send(tmp_path, lines, of=sender(), take_good_rows=True))
    assert outcomes(taken) == [(2, "created"), (3, "rejected"), (4, "created")]
    assert set(Track.objects.values_list("ref", flat=True)) == {"t1", "t3"}


def test_a_delivery_is_approved_once(tmp_path):
    delivery = approved(send(tmp_path, [line(1)], of=sender()))
    with pytest.raises(receiving.DeliveryConflict, match="done"):
        receiving.approve(delivery, as_of=NOW)


def test_a_worker_that_dies_goes_on_behind_the_last_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "ROWS_A_CHUNK", 2)
    lines = [line(number) for number in range(1, 8)]
    delivery = send(tmp_path, lines, of=sender(), take_good_rows=True)
    delivery = receiving.approve(delivery, as_of=NOW)
    write_plans, chunks = writing.write_plans, []

    def dying(*args):
        chunks.append(len(args[0]))
        if len(chunks) == 3:
            raise MemoryError
        write_plans(*args)

    monkeypatch.setattr(writing, "write_plans", dying)
    with pytest.raises(MemoryError):
        writing.write(delivery, None)
    assert Track.objects.count() == delivery.rows.filter(is_written=True).count() == 4
    assert worked(delivery).status == "done"
    assert chunks == [2, 2, 2, 2, 1]
    assert Track.objects.count() == Share.objects.count() == 7


def test_a_job_that_is_given_up_ends_its_delivery_which_may_go_on_later(tmp_path, monkeypatch):
    delivery = send(tmp_path, [line(1)], of=sender())
    delivery = receiving.approve(delivery, as_of=NOW)
    with monkeypatch.context() as broken:
        broken.setattr(writing, "write_plans", lambda *_: 1 / 0)
        Job.objects.update(max_attempts=2)
        worked(delivery)
        assert worked(delivery).status == "failed"
    assert not Track.objects.exists()
    assert approved(delivery).status == "done"


def test_what_the_catalogue_came_to_contradict_is_not_written(tmp_path):
    all_or_nothing = send(tmp_path, [line(1), line(2)], of=sender())
    good_rows = send(tmp_path, [line(3, isrc="DEABC2600002")], of=sender("b"), take_good_rows=True)
    work = Work.objects.create(ref="w", title="w")
    Track.objects.create(ref="x", work=work, title="x", isrc="DEABC2600002")
    stale = approved(all_or_nothing)
    assert (stale.status, Track.objects.count()) == ("failed", 1)
    assert "rows 3 cannot be written" in stale.error
    done = approved(good_rows)
    assert (done.status, done.rejected_count) == ("done", 1)
    assert "is the ISRC of track x" in done.rows.get().faults[0]["message"]


def test_a_zip_brings_its_music_along(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("manifest.csv", "track_id,title,file\nt1,Song,a/1.mid\n")
        archive.writestr("a/1.mid", midi(1))
    delivery = approved(send(tmp_path, packed.getvalue(), of=sender(), name="all.zip"))
    assert delivery.status == "done"
    assert Track.objects.get().asset is not None


@pytest.mark.parametrize(
    ("name", "said"), [("a.zip", "ZIP"), ("a.exe", "endings"), ("a", "endings")]
)
def test_a_file_that_cannot_be_read_is_refused_and_says_why(tmp_path, name, said):
    delivery = send(tmp_path, b"PK\x03\x04 no archive", of=sender(), name=name)
    assert delivery.status == "refused"
    assert said in delivery.rows.get().faults[0]["message"]


def test_music_that_did_not_come_along_is_missed(tmp_path):
    delivery = send(tmp_path, [line(1, file="/etc/passwd")], of=sender())
    assert "No files came" in delivery.rows.get().faults[0]["message"]
