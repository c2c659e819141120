"""Importing a manifest again: what is the same stays, what changed follows, history is kept."""

from datetime import date

import pytest

from catalog.deliveries.models import Delivery
from catalog.models import Asset, Consent, Party, Share, Track, Work
from catalog.services.assets import asset_path
from catalog.services.training_sets import (
    freeze_training_set,
    register_model_version,
    register_platform,
)
from tests.catalog.manifests import TODAY, catalogue_size, faults, midi

pytestmark = pytest.mark.django_db

JUNE = date(2026, 6, 1)


def shares_of(track_ref: str) -> list[tuple]:
    shares = Share.objects.filter(work__tracks__ref=track_ref)
    listed = shares.values_list("party__name", "role", "share_ppm", "valid_from", "valid_until")
    return sorted(listed, key=str)


def test_the_same_manifest_changes_nothing(folder):
    folder.add(1, 2).bring_in()
    before = catalogue_size()
    report = folder.bring_in(as_of=JUNE)
    assert [row.outcome for row in report.outcomes] == ["unchanged", "unchanged"]
    assert catalogue_size() == before


def test_every_row_s_outcome_is_kept(folder):
    folder.add(1).bring_in()
    folder.rows[0]["title"] = "Another title"
    folder.add(2).bring_in()
    first, second = Delivery.objects.order_by("pk")
    assert (first.created_count, first.changed_count) == (1, 0)
    assert (second.created_count, second.changed_count) == (1, 1)
    kept = second.rows.order_by("number").values_list("number", "ref", "outcome", "changes")
    assert list(kept) == [(2, "t1", "changed", ["title"]), (3, "t2", "created", [])]
    assert second.rows.filter(is_written=True).count() == 2


def test_a_description_follows_the_manifest(folder):
    folder.add(1, 2).bring_in()
    folder.rows[0] |= {"title": "New", "collection": "Later songs", "genre": "", "licence": "MIT"}
    report = folder.bring_in()
    assert set(report.outcomes[0].changes) == {"title", "collection", "genre", "licence"}
    track = Track.objects.select_related("work").get(ref="t1")
    assert (track.title, track.work.title) == ("New", "New")
    assert (track.genre, track.licence, track.work.collection) == ("", "MIT", "Later songs")
    assert Work.objects.get(ref="work:t2").title == "Song 2"


def test_changed_shares_begin_on_the_day_of_the_import(folder):
    folder.add(1).bring_in()
    folder.rows[0] |= {"composer_share_pct": "70", "lyricist_share_pct": "30"}
    report = folder.bring_in(as_of=JUNE)
    assert report.outcomes[0].changes == ("composition shares",)
    january = date(2026, 1, 1)
    assert shares_of("t1") == [
        ("Ada Adams", "composer", 600_000, january, JUNE),
        ("Ada Adams", "composer", 700_000, JUNE, None),
        ("Ben Brown", "lyricist", 300_000, JUNE, None),
        ("Ben Brown", "lyricist", 400_000, january, JUNE),
    ]
    assert folder.bring_in(as_of=JUNE).unchanged_count == 1
    assert folder.bring_in(as_of=date(2026, 7, 1)).unchanged_count == 1


def test_changed_shares_begin_when_the_row_says(folder):
    folder.add(1).bring_in()
    folder.rows[0] |= {"lyricist": "Cy Clark", "shares_from": "2026-04-15"}
    assert folder.bring_in(as_of=JUNE).changed_count == 1
    lyricists = [share for share in shares_of("t1") if share[1] == "lyricist"]
    assert lyricists == [
        ("Ben Brown", "lyricist", 400_000, date(2026, 1, 1), date(2026, 4, 15)),
        ("Cy Clark", "lyricist", 400_000, date(2026, 4, 15), None),
    ]


@pytest.mark.parametrize("since", ["2026-01-01", "2025-06-01"])
def test_the_past_is_not_rewritten(folder, since):
    folder.add(1).bring_in()
    before = shares_of("t1")
    folder.rows[0] |= {"composer_share_pct": "10", "shares_from": since}
    report = folder.bring_in()
    assert faults(report) == [(2, "shares_from")]
    assert "2026-01-01" in report.errors[0].message
    assert shares_of("t1") == before


def test_two_changes_on_one_day_are_refused(folder):
    folder.add(1).bring_in()
    folder.rows[0]["composer_share_pct"] = "50"
    assert folder.bring_in(as_of=JUNE).ok
    folder.rows[0]["composer_share_pct"] = "55"
    assert faults(folder.bring_in(as_of=JUNE)) == [(2, "shares_from")]


def test_an_import_before_the_shares_begin_finds_them_unchanged(folder):
    folder.add(1).bring_in()
    assert folder.bring_in(as_of=date(2025, 1, 1)).unchanged_count == 1


def test_a_row_that_names_nobody_takes_no_share_away(folder):
    folder.add(1).bring_in()
    before = shares_of("t1")
    names = ("composer", "composer_share_pct", "composer_wikidata", "lyricist")
    for name in (*names, "lyricist_share_pct"):
        del folder.rows[0][name]
    assert folder.bring_in(as_of=JUNE).unchanged_count == 1
    assert shares_of("t1") == before


def test_a_changed_file_replaces_the_track_s_file(folder):
    folder.add(1).bring_in()
    (folder.path / "1.mid").write_bytes(midi(seed=99))
    assert folder.bring_in().outcomes[0].changes == ("file",)
    assert asset_path(Track.objects.get(ref="t1").asset).read_bytes() == midi(seed=99)
    assert Asset.objects.count() == 2


def test_a_file_that_a_model_was_trained_on_is_not_replaced(folder):
    folder.add(1, 2, 3).bring_in()
    platform = register_platform(code="p", name="P")
    freeze_training_set(
        model_version=register_model_version(platform=platform, name="m", version="1"),
        train=["t1"],
        control_calibration=["t2"],
        control_test=["t3"],
        as_of=TODAY,
    )
    (folder.path / "1.mid").write_bytes(midi(seed=99))
    report = folder.bring_in()
    assert faults(report) == [(2, "file")]
    assert "track_id of its own" in report.errors[0].message
    assert [row.outcome for row in report.outcomes] == ["rejected", "held back", "held back"]


def test_a_file_of_another_track_is_refused(folder):
    folder.add(1).bring_in()
    folder.rows[0]["track_id"] = "thief"
    before = catalogue_size()
    report = folder.bring_in()
    assert faults(report) == [(2, "file")]
    assert "track t1" in report.errors[0].message
    assert catalogue_size() == before


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_text("x")])
def test_a_missing_or_damaged_stored_file_is_mended(folder, damage):
    folder.add(1).bring_in()
    path = asset_path(Asset.objects.get())
    damage(path)
    assert folder.bring_in().unchanged_count == 1
    assert path.read_bytes() == midi(1)


def test_a_new_consent_is_added_and_an_old_one_stays_withdrawn(folder):
    folder.add(1).bring_in()
    Consent.objects.update(valid_until=date(2026, 2, 1))
    assert folder.bring_in().unchanged_count == 1
    assert Consent.objects.get().valid_until == date(2026, 2, 1)
    folder.rows[0] |= {"consent_from": "2026-05-01", "consent_basis": "licence 8"}
    assert folder.bring_in().outcomes[0].changes == ("consent",)
    assert Consent.objects.count() == 2


def test_the_basis_of_a_consent_is_not_rewritten(folder):
    folder.add(1).bring_in()
    folder.rows[0]["consent_basis"] = "licence 8"
    report = folder.bring_in()
    assert faults(report) == [(2, "consent_basis")]
    assert "licence 7" in report.errors[0].message
    assert Consent.objects.get().basis == "licence 7"


def test_a_party_known_by_name_takes_its_wikidata_id(folder):
    folder.add(1).bring_in()
    ben = Party.objects.get(name="Ben Brown")
    assert ben.ref == "name:ben-brown"
    folder.rows[0]["lyricist_wikidata"] = "Q2"
    report = folder.bring_in()
    ben.refresh_from_db()
    assert ben.ref == "wikidata:Q2"
    assert report.unchanged_count == 1
    assert [warning.field for warning in report.warnings] == ["lyricist"]
    del folder.rows[0]["lyricist_wikidata"]
    assert folder.bring_in().unchanged_count == 1
