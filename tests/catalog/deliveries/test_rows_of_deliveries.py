"""Whose rows change what, which wait in quarantine, and what a report says of each."""

import csv
import io

import pytest

from catalog.deliveries.repairs import repair_of
from catalog.deliveries.reports import report_csv
from catalog.deliveries.selectors import lineage_of
from catalog.deliveries.services import checking, receiving
from catalog.models import Credit, Party, Share, Track, Work
from tests.catalog.deliveries.sending import NOW, approved, line, outcomes, send, sender, worked

pytestmark = pytest.mark.django_db


def test_another_sender_s_track_is_not_changed(tmp_path):
    approved(send(tmp_path, [line(1)], of=sender()))
    for other in (sender("thief"), None):
        delivery = send(tmp_path, [line(1, title="Mine")], of=other)
        (fault,) = delivery.rows.get().faults
        assert fault["field"] == "track_id"
        assert "claim a share instead" in fault["message"]
    assert Track.objects.get().title == "Song 1"


def test_another_sender_s_work_can_be_named_but_not_redescribed(tmp_path):
    work = {"work_id": "w1", "title": "Song", "composer": "A", "composer_share_pct": "100"}
    approved(send(tmp_path, [work], of=sender()))
    cover = {"track_id": "cover", "work_id": "w1", "title": "Song, live"}
    assert approved(send(tmp_path, [cover], of=sender("b"))).status == "done"
    assert Track.objects.get().work == Work.objects.get()
    assert Work.objects.get().title == "Song"
    greedy = cover | {"track_id": "c2", "composer": "B", "composer_share_pct": "100"}
    refused = send(tmp_path, [greedy], of=sender("b"))
    assert refused.rows.get().faults[0]["field"] == "work_id"


def test_who_is_credited_for_another_sender_s_work_is_not_changed(tmp_path):
    work = {"work_id": "w1", "title": "Song", "composer": "A"}
    approved(send(tmp_path, [work], of=sender()))
    cover = {"track_id": "cover", "work_id": "w1", "title": "Song, live", "composer": "B"}
    refused = send(tmp_path, [cover], of=sender("b"))
    assert refused.rows.get().faults[0]["field"] == "composer"
    cover |= {"composer": "A", "performer": "B"}
    assert approved(send(tmp_path, [cover], of=sender("b"))).status == "done"
    credited = Credit.objects.values_list("party__name", "role")
    assert set(credited) == {("A", "composer"), ("B", "performer")}


def test_tracks_of_one_work_share_it_and_may_not_contradict_each_other(tmp_path):
    of_work = {"work_id": "w1", "work_title": "The song", "iswc": "T0345246801"}
    good = [line(1, **of_work), line(2, **of_work), line(3, work_id="w1")]
    good[2] |= {"composer": "", "composer_wikidata": "", "composer_share_pct": ""}
    approved(send(tmp_path, good, of=sender()))
    assert Work.objects.get().tracks.count() == 3
    assert Share.objects.count() == 1
    assert approved(send(tmp_path, [*good, line(4)], of=sender())).unchanged_count == 3
    good[1] |= {"work_title": "Another song"}
    delivery = send(tmp_path, good, of=sender())
    assert outcomes(delivery) == [(2, "held back"), (3, "rejected"), (4, "held back")]
    assert "Row 2 says something else" in delivery.rows.get(number=3).faults[0]["message"]


def test_a_credit_needs_no_share_and_ids_are_kept(tmp_path):
    row = line(
        1, session_performer="Cy Clark ; Di Dee", session_performer_isni=" ; 0000000121032683"
    )
    approved(send(tmp_path, [row], of=sender()))
    assert set(Credit.objects.values_list("party__name", "role")) == {
        ("Ada Adams", "composer"),
        ("Cy Clark", "session_performer"),
        ("Di Dee", "session_performer"),
    }
    assert Party.objects.get(name="Di Dee").isni == "0000000121032683"
    assert Share.objects.count() == 1


def test_versions_are_linked_within_a_delivery_in_any_order(tmp_path):
    approved(send(tmp_path, [line(1, version_of="t2"), line(2)], of=sender()))
    assert Track.objects.get(ref="t1").derived_from == Track.objects.get(ref="t2")
    assert approved(send(tmp_path, [line(1, version_of="t2")], of=sender())).unchanged_count == 1


def test_columns_that_a_file_has_not_stay_as_they_are(tmp_path):
    approved(send(tmp_path, [line(1, genre="lied", artist="Ada")], of=sender()))
    approved(send(tmp_path, [{"track_id": "t1", "title": "New", "genre": ""}], of=sender()))
    track = Track.objects.get()
    assert (track.title, track.genre, track.artist, track.isrc) == (
        "New",
        "",
        "Ada",
        "DEABC2600001",
    )


def test_all_of_a_right_passing_to_another_waits_until_it_is_released(tmp_path):
    approved(send(tmp_path, [line(1), line(2)], of=sender()))
    greedy = [line(1, composer="Eve", composer_wikidata="Q9"), line(2, title="New")]
    delivery = approved(send(tmp_path, greedy, of=sender()))
    assert outcomes(delivery) == [(2, "quarantined"), (3, "changed")]
    assert delivery.rows.get(number=2).faults[0]["rule"] == "all-to-another"
    assert not Share.objects.filter(party__name="Eve").exists()
    assert receiving.release(delivery, [2, 3], as_of=NOW) == 1
    delivery.refresh_from_db()
    assert worked(delivery).status == "done"
    assert Share.objects.get(party__name="Eve").share_ppm == 1_000_000
    assert delivery.rows.get(number=2).outcome == "changed"


def test_rows_in_quarantine_can_be_refused(tmp_path):
    approved(send(tmp_path, [line(1)], of=sender()))
    row = line(1, composer="Eve", composer_wikidata="Q9")
    delivery = send(tmp_path, [row], of=sender())
    assert receiving.refuse(delivery, [2]) == 1
    assert approved(delivery).rejected_count == 1
    assert not Party.objects.filter(name="Eve").exists()


def test_a_delivery_that_takes_most_from_one_owner_waits(tmp_path, monkeypatch):
    monkeypatch.setattr(checking, "FEWEST_LOST", 2)
    half = {
        "composer": "Ada Adams ; Bo",
        "composer_wikidata": "Q1 ; ",
        "composer_share_pct": "50 ; 50",
    }
    approved(send(tmp_path, [line(n, **half) for n in (1, 2, 3)], of=sender()))
    alone = {"composer": "Bo", "composer_wikidata": "", "composer_share_pct": "50"}
    delivery = send(tmp_path, [line(1, **alone), line(2, **alone), line(3, **half)], of=sender())
    assert outcomes(delivery) == [(2, "quarantined"), (3, "quarantined"), (4, "unchanged")]
    assert delivery.rows.get(number=2).faults[0]["rule"] == "most-of-one-owner"


def test_every_field_leads_back_to_the_row_that_set_it(tmp_path):
    first = approved(send(tmp_path, [line(1, genre="lied")], of=sender(), name="first.csv"))
    second = approved(send(tmp_path, [line(1, genre="song")], of=sender(), name="second.csv"))
    origins = {each.field: each for each in lineage_of(Track.objects.get())}
    assert (origins["genre"].value, origins["genre"].delivery) == ("song", second)
    assert (origins["composer"].value, origins["composer"].delivery) == ("Ada Adams", first)
    assert (origins["title"].number, origins["title"].sender) == (2, sender())
    of_work = {each.field: each for each in lineage_of(Work.objects.get())}
    assert of_work["composer"].delivery == first


def test_a_report_has_the_sender_s_columns_and_runs_nothing_in_a_spreadsheet(tmp_path):
    theirs = b"id,Titel\nt1,=1+1\nt2,\n"
    names = {"track_id": "id", "title": "Titel"}
    delivery = send(tmp_path, theirs, of=sender(), column_of=names)
    rows = list(csv.DictReader(io.StringIO("".join(report_csv(delivery)))))
    assert [row["id"] for row in rows] == ["t1", "t2"]
    assert rows[0]["Titel"] == "'=1+1"
    assert (rows[1]["outcome"], rows[1]["reason"][:16]) == ("rejected", "title: The title")


@pytest.mark.parametrize(
    ("field", "cell", "repair"),
    [
        ("composer_share_pct", "33,3", "33.3"),
        ("composer_share_pct", "50 % ; 50%", "50 ; 50"),
        ("consent_from", "3.2.2026", "2026-02-03"),
        ("consent_from", "20260203", "2026-02-03"),
        ("consent_from", "13/02/2026", "2026-02-13"),
        ("consent_from", "03/02/2026", ""),  # nobody knows which is the month
        ("isrc", "DEABC26OOOO1", "DEABC2600001"),
        ("composer_wikidata", "7294", "Q7294"),
        ("composer_wikidata", "https://www.wikidata.org/wiki/Q7294", "Q7294"),
        ("title", "x", ""),
        ("isrc", "nonsense", ""),
    ],
)
def test_a_repair_is_offered_where_it_can_be_told(field, cell, repair):
    assert repair_of(field, cell) == repair
