"""The catalogue that comes with the demonstration imports whole, and only once."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.db.models import Count, Sum

from catalog.deliveries.models import Delivery
from catalog.deliveries.services.folders import import_manifest
from catalog.models import Asset, Consent, Party, Share, Track, Work
from catalog.services.assets import asset_path, stored_sha256

MANIFEST = Path(__file__).resolve().parents[2] / "demo" / "catalogue" / "manifest.csv"
TODAY = date(2026, 9, 1)
N_SONGS = 302


@pytest.mark.django_db
def test_the_bundled_catalogue_imports_whole_and_again_without_a_change():
    report = import_manifest(path=MANIFEST, as_of=TODAY)
    assert report.errors == ()
    assert report.warnings == ()
    assert report.created_count == N_SONGS
    assert Track.objects.count() == Work.objects.count() == Asset.objects.count() == N_SONGS
    assert Consent.objects.filter(right="composition", model_version=None).count() == N_SONGS
    _assert_every_work_is_owned_whole()
    _assert_parties_with_one_and_with_many_works()
    _assert_the_near_duplicates_are_two_tracks()
    _assert_files_are_stored()

    before = set(Share.objects.values_list("pk", "valid_until"))
    again = import_manifest(path=MANIFEST, as_of=TODAY)
    assert again.ok
    assert again.unchanged_count == N_SONGS
    assert set(Share.objects.values_list("pk", "valid_until")) == before
    assert [run.unchanged_count for run in Delivery.objects.order_by("pk")] == [0, N_SONGS]


def _assert_every_work_is_owned_whole():
    totals = Work.objects.annotate(total_ppm=Sum("shares__share_ppm"))
    assert set(totals.values_list("total_ppm", flat=True)) == {1_000_000}


def _assert_parties_with_one_and_with_many_works():
    works = dict(
        Party.objects.annotate(n=Count("shares__work", distinct=True)).values_list("name", "n")
    )
    assert works["Johannes Brahms"] >= 30
    assert works["Tu Sikong"] == 1
    assert Counter(works)["OpenScore"] == 295
    # He wrote words too, and the column of lyricists has no ids: still one party.
    assert Party.objects.filter(name="Peter Cornelius").count() == 1


def _assert_the_near_duplicates_are_two_tracks():
    pair = Track.objects.filter(ref__in=["lc6646781", "lc6649053"]).select_related("asset")
    assert len({track.asset.sha256 for track in pair}) == 2
    assert len({track.title for track in pair}) == 1


def _assert_files_are_stored():
    for asset in Asset.objects.order_by("pk")[:20]:
        assert stored_sha256(asset.storage_name) == asset.sha256
        assert asset.storage_name == f"assets/{asset.sha256[:2]}/{asset.sha256}.mid"
        assert asset_path(asset).stat().st_size == asset.size_bytes
        assert asset.media_type == "audio/midi"
        assert 40 <= asset.seconds <= 240
