"""The pages of a track, a work and a party: who owned what on which day, and where."""

from datetime import date
from pathlib import Path

import pytest

from catalog.models import Asset, Credit, Party, Share, Track
from catalog.services.history import changing
from portal.catalogue.ownership import split
from tests.portal.people import text

pytestmark = pytest.mark.django_db
SCORE = next((Path(__file__).resolve().parents[2] / "demo" / "catalogue").rglob("*.mid"))


@pytest.fixture
def oda(people):
    return people.oda


@pytest.fixture
def song(world) -> Track:
    return Track.objects.get(ref="T1")


def hold(
    song, name: str, share_ppm: int, since: date, until: date | None = None, **fields
) -> Share:
    party, _ = Party.objects.get_or_create(ref=f"p:{name}", defaults={"name": name})
    return Share.objects.create(
        work=song.work,
        party=party,
        right="composition",
        role="composer",
        share_ppm=share_ppm,
        valid_from=since,
        valid_until=until,
        **fields,
    )


def test_who_owned_it_on_a_day_is_asked_of_the_page(oda, song):
    song.work.shares.all().delete()
    hold(song, "Old", 1_000_000, date(2020, 1, 1), date(2026, 5, 3))
    hold(song, "New", 1_000_000, date(2026, 5, 3))

    def holders(on: str) -> list[str]:
        page = oda.get(f"/catalogue/works/{song.work_id}/", {"on": on})
        return [each.party.name for each in page.context["splits"][0].holdings]

    assert holders("2026-05-02") == ["Old"]
    assert holders("2026-05-03") == ["New"], "the day on which a share ends is not its"
    assert holders("2019-12-31") == []


def test_a_country_is_asked_of_the_page(oda, song):
    song.work.shares.all().delete()
    hold(song, "Sub", 1_000_000, date(2020, 1, 1), territory="DE+AT")
    hold(song, "Home", 1_000_000, date(2020, 1, 1), territory="WW-DE-AT")
    for country, name in (("de", "Sub"), ("FR", "Home"), ("", "Home")):
        page = oda.get(f"/catalogue/tracks/{song.pk}/", {"in": country, "on": "2026-01-01"})
        assert [each.party.name for each in page.context["splits"][0].holdings] == [name]


@pytest.mark.parametrize(
    "asked", [{"on": "2026-02-31"}, {"on": "soon"}, {"in": "XX"}, {"in": "😀"}]
)
def test_a_day_or_country_that_is_none_is_said_and_the_page_shown(oda, song, asked):
    page = oda.get(f"/catalogue/tracks/{song.pk}/", asked)
    assert page.status_code == 200
    assert page.context["moment"].wrong
    assert 'role="alert"' in page.content.decode()


def test_what_is_contested_is_shown_as_it_is_paid(oda, song):
    song.work.shares.all().delete()
    hold(song, "Ann", 600_000, date(2020, 1, 1))
    hold(song, "Bob", 500_000, date(2020, 1, 1))
    page = oda.get(f"/catalogue/works/{song.work_id}/")
    (only,) = page.context["splits"]
    assert [each.undisputed_ppm for each in only.holdings] == [500_000, 400_000]
    assert only.contested_ppm == 100_000
    assert [(piece.kind, piece.x, piece.width) for piece in only.pieces] == [
        ("series-1", 0, 500),
        ("series-2", 500, 400),
        ("contested", 900, 100),
    ]
    assert "claimed 10 % beyond the whole" in text(page)


def test_what_nobody_claims_fills_the_bar(song):
    ann = hold(song, "Ann", 333_333, date(2020, 1, 1))
    shown = split([ann], "composition")
    assert shown.unclaimed_ppm == 666_667
    assert shown.pieces[-1].kind == "unclaimed"
    assert sum(piece.width for piece in shown.pieces) == 1_000
    assert [piece.kind for piece in split([], "recording").pieces] == ["unclaimed"]


def test_a_track_without_a_file_is_shown(oda, song):
    bare = Track.objects.create(ref="bare", work=song.work, title="<b>Bare</b>")
    page = oda.get(f"/catalogue/tracks/{bare.pk}/")
    assert "known by its description alone" in text(page)
    assert "&lt;b&gt;Bare&lt;/b&gt;" in page.content.decode()


def test_what_was_merged_says_into_what(oda, song):
    gone = Track.objects.create(ref="gone", work=song.work, title="Gone", merged_into=song)
    assert (
        f'href="/catalogue/tracks/{song.pk}/"'
        in oda.get(f"/catalogue/tracks/{gone.pk}/").content.decode()
    )
    assert "merged into this" in text(oda.get(f"/catalogue/tracks/{song.pk}/"))


def test_a_party_shows_its_shares_credits_and_who_acts_for_it(oda, song):
    party = Party.objects.get(ref="A")
    Credit.objects.create(track=song, party=party, role="performer")
    page = text(oda.get(f"/catalogue/parties/{party.pk}/"))
    assert "Ada's" in page
    assert "Performer" in page
    assert song.work.title in page


@pytest.mark.parametrize("kind", ["tracks", "works", "parties"])
def test_what_does_not_exist_is_not_found(oda, kind):
    assert oda.get(f"/catalogue/{kind}/2000000000/").status_code == 404


def test_a_score_is_drawn_to_be_heard_stretch_by_stretch(oda, song, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    content = SCORE.read_bytes()
    (tmp_path / "score.mid").write_bytes(content)
    Asset.objects.filter(pk=song.asset_id).update(storage_name="score.mid", media_type="audio/midi")
    address = f"/catalogue/tracks/{song.pk}/"
    page = oda.get(address, {"part": "2"})
    assert (page.context["part"], page.context["picture"].segment) == (2, 2)
    assert "piano-roll" in page.content.decode()
    for nonsense in ("0", "-1", "x", "²", "9" * 50):
        assert 1 <= oda.get(address, {"part": nonsense}).context["part"] <= 99
    file = oda.get(f"{address}file/")
    assert b"".join(file.streaming_content) == content
    assert file["Content-Type"] == "audio/midi"
    (tmp_path / "score.mid").write_bytes(b"MThd, and no more")
    assert "picture" not in oda.get(address).context
    (tmp_path / "score.mid").unlink()
    assert oda.get(address).status_code == 200
    assert oda.get(f"{address}file/").status_code == 404


def test_what_was_changed_is_told_with_its_reason(oda, song, people):
    with changing(by=None, reason="The estate wrote to us.", source="test"):
        song.title = "Renamed"
        song.save()
    page = text(oda.get(f"/catalogue/tracks/{song.pk}/"))
    assert "The estate wrote to us." in page
    assert "→ Renamed" in page
