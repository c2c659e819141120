"""A recording that knows its work by the ISWC alone belongs to the work that has it."""

import pytest

from accounts.models import Organisation
from catalog.models import Consent, Credit, Party, Representation, Share, Track, Work
from tests.catalog.deliveries.sending import approved, line, outcomes, send, sender

pytestmark = pytest.mark.django_db

ISWC = "T0345246801"
SONG = {"work_id": "w1", "title": "Song 1", "iswc": ISWC, "composer": "A"}
SONG |= {"composer_share_pct": "100"}
RECORDING = {"track_id": "rec", "title": "Song 1", "iswc": "T-034.524.680-1", "label": "L"}


@pytest.fixture
def song(db, tmp_path) -> Work:
    """A publisher's work."""
    approved(send(tmp_path, [SONG], of=sender("publisher")))
    return Work.objects.get()


@pytest.mark.parametrize("work_id", ["", ISWC])  # as in a table, and as in a DDEX message
def test_a_label_s_recording_joins_the_publisher_s_work_and_changes_nothing_of_it(
    song, tmp_path, work_id
):
    row = RECORDING | {"work_id": work_id, "title": "Song 1 (live)", "composer": "Somebody"}
    row |= {"language": "de"}
    delivery = approved(send(tmp_path, [row], of=sender("label")))
    assert delivery.created_count == 1
    assert Track.objects.get().work == Work.objects.get() == song
    assert (Work.objects.get().title, Work.objects.get().language) == ("Song 1", "")
    assert Credit.objects.filter(work=song).get().party.name == "A"
    (warning,) = [each for each in delivery.warnings if each["field"] == "iswc"]
    assert "the work w1, which another sender delivered" in warning["message"]
    assert "“Song 1” and this “Song 1 (live)”" in warning["message"]
    again = approved(send(tmp_path, [row | {"memo": "again"}], of=sender("label")))
    assert (again.unchanged_count, Work.objects.count()) == (1, 1)
    assert [each for each in again.warnings if each["field"] == "iswc"] == []


def test_shares_of_another_s_composition_are_not_taken_that_way(song, tmp_path):
    row = RECORDING | {"composer": "B", "composer_share_pct": "100"}
    refused = send(tmp_path, [row], of=sender("label"))
    assert refused.rows.get().faults[0]["field"] == "work_id"
    assert Share.objects.get().party.name == "A"


CONSENT = {"label_share_pct": "100", "consent_from": "2026-01-01", "consent_basis": "licence"}


@pytest.mark.parametrize(
    ("acts_for", "composer_pct", "rights"),
    [
        ("", "100", ["recording"]),
        ("B", "100", ["recording"]),
        ("A", "50", ["recording"]),  # half of it is nobody's
        ("A", "100", ["composition", "recording"]),
    ],
)
def test_a_label_s_consent_counts_for_the_composition_of_another_s_work_if_it_acts_for_all_of_it(
    tmp_path, acts_for, composer_pct, rights
):
    song = SONG | {"composer_share_pct": composer_pct, "shares_from": "2020-01-01"}
    approved(send(tmp_path, [song], of=sender("publisher")))
    label = sender("label")
    label.organisation = Organisation.objects.create(name="Label", kind="rights_holder")
    label.save()
    Party.objects.create(ref="B", name="B")
    for party in Party.objects.filter(name=acts_for):
        Representation.objects.create(organisation=label.organisation, party=party)
    delivery = approved(send(tmp_path, [RECORDING | CONSENT], of=label))
    consents = Consent.objects.filter(track__ref="rec").order_by("right")
    assert [each.right for each in consents] == rights
    told = [each["message"] for each in delivery.warnings if each["field"] == "consent_from"]
    assert [sentence[:44] for sentence in told] == (
        [] if "composition" in rights else ["This consent does not count for the composit"]
    )


def test_what_was_merged_is_found_as_what_it_is_now(song, tmp_path):
    now = Work.objects.create(ref="w2", title="Song 1", sender=song.sender)
    Work.objects.filter(pk=song.pk).update(merged_into=now)
    approved(send(tmp_path, [RECORDING], of=sender("label")))
    assert Track.objects.get().work == now
    assert Work.objects.get(ref="w2").iswc == ""


def test_a_row_that_names_another_work_contradicts_the_iswc(song, tmp_path):
    refused = send(tmp_path, [RECORDING | {"work_id": "w9"}], of=sender("label"))
    assert refused.rows.get().faults[0]["field"] == "iswc"


def test_two_recordings_of_one_delivery_share_the_work_that_is_new(tmp_path):
    of_work = {"title": "Song", "iswc": ISWC}
    rows = [line(1, **of_work), line(2, **of_work)]
    assert approved(send(tmp_path, rows, of=sender("label"))).created_count == 2
    again = [rows[0] | {"memo": "again"}, rows[1]]
    assert approved(send(tmp_path, again, of=sender("label"))).unchanged_count == 2
    assert Work.objects.get().tracks.count() == 2
    assert Share.objects.filter(work__isnull=False).count() == 1


def test_two_recordings_that_say_different_things_of_the_work_are_two_opinions(tmp_path):
    rows = [line(1, title="Song", iswc=ISWC), line(2, title="Other", iswc=ISWC)]
    delivery = send(tmp_path, rows, of=sender("label"))
    assert outcomes(delivery) == [(2, "held back"), (3, "rejected")]


def test_ids_of_works_of_one_delivery_do_not_share_an_iswc(tmp_path):
    rows = [SONG, SONG | {"work_id": "w2"}]
    delivery = send(tmp_path, rows, of=sender("publisher"))
    assert outcomes(delivery) == [(2, "held back"), (3, "rejected")]


def test_a_recording_of_a_work_that_cannot_be_written_waits_for_it(tmp_path):
    approved(send(tmp_path, [line(1)], of=sender("other")))
    rows = [line(1, title="Song", iswc=ISWC, isrc=""), line(2, title="Song", iswc=ISWC)]
    delivery = send(tmp_path, rows, of=sender("label"), take_good_rows=True)
    assert outcomes(delivery) == [(2, "rejected"), (3, "rejected")]
    assert "Row 2 describes the work" in delivery.rows.get(number=3).faults[0]["message"]


def test_a_recording_joins_the_work_of_an_earlier_row(tmp_path):
    delivery = approved(send(tmp_path, [SONG, RECORDING], of=sender("label")))
    assert delivery.created_count == 2
    assert Track.objects.get().work == Work.objects.get(ref="w1")
    assert Share.objects.get().party.name == "A"


def test_a_recording_that_says_who_else_owns_the_work_of_an_earlier_row_contradicts_it(tmp_path):
    greedy = RECORDING | {"composer": "B", "composer_share_pct": "100"}
    delivery = send(tmp_path, [SONG, greedy], of=sender("label"))
    assert outcomes(delivery) == [(2, "held back"), (3, "rejected")]


def test_before_the_row_of_its_work_a_recording_must_name_it(tmp_path):
    delivery = send(tmp_path, [RECORDING, SONG], of=sender("label"))
    assert outcomes(delivery) == [(2, "held back"), (3, "rejected")]
    assert "write the same work_id in both" in delivery.rows.get(number=3).faults[0]["message"]


def test_a_recording_that_has_a_work_does_not_change_it_by_an_iswc(song, tmp_path):
    approved(send(tmp_path, [RECORDING | {"iswc": ""}], of=sender("label")))
    (fault,) = send(tmp_path, [RECORDING], of=sender("label")).rows.get().faults
    assert fault["field"] == "iswc"
    assert "merge them" in fault["message"]
    assert Track.objects.get().work.ref == "work:rec"
