"""The catalogue's pages for the operator's people: looking for what exists, and finding it."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.claims.models import Conflict
from catalog.models import Party, Track, Work
from catalog.quality.models import Finding
from portal.catalogue import browse
from tests.portal.people import text

pytestmark = pytest.mark.django_db
QUERIES = {"tracks": 26, "works": 23, "parties": 22}  # with those that tell who asks


@pytest.fixture
def oda(people):
    return people.oda


def titles(page) -> set[str]:
    return {getattr(row.thing, "title", None) or row.thing.name for row in page.context["rows"]}


def test_the_operator_finds_the_catalogue_from_the_first_page(oda):
    assert 'href="/catalogue/"' in oda.get("/").content.decode()
    page = oda.get("/catalogue/")
    assert page.status_code == 200
    assert "Song T1" in text(page)


def test_others_are_told_that_it_is_not_for_them(people):
    for other in (people.ada, people.pia, people.nils):
        assert other.get("/catalogue/").status_code == 403
        assert other.get(f"/catalogue/tracks/{Track.objects.first().pk}/").status_code == 404
    assert people.nobody.get("/catalogue/").url.startswith("/sign-in/")
    assert 'href="/catalogue/"' not in people.ada.get("/").content.decode()


def test_one_search_looks_for_words_and_for_identifiers_as_people_write_them(oda):
    work = Work.objects.create(ref="w:x", title="Lascia ch'io pianga", iswc="T0345246801")
    Track.objects.create(ref="x", work=work, title="Aria", artist="Cecilia", isrc="GBAYE6800011")
    Party.objects.create(ref="p:x", name="Händel", ipi_name="00012345670", isni="0000000121032683")
    looked = {
        "cecilia LASCIA": {"Aria"},
        "GB-AYE-68-00011": {"Aria"},
        "T-034.524.680-1": {"Aria"},
        "cecilia Song": set(),
    }
    for said, expected in looked.items():
        assert titles(oda.get("/catalogue/", {"q": said})) == expected, said
    for said in ("12345670", "0000 0001 2103 2683", "händel"):
        page = oda.get("/catalogue/", {"q": said, "kind": "parties"})
        assert titles(page) == {"Händel"}, said
    assert oda.get("/catalogue/", {"q": "GBAYE6800011"}).context["counts"] == {
        "tracks": 1,
        "works": 1,
        "parties": 0,
    }


def test_filters_narrow_and_the_address_holds_them(oda):
    track = Track.objects.get(ref="T1")
    bare = Track.objects.create(ref="bare", work=track.work, title="Told of", genre="waltz")
    alone = Work.objects.create(ref="alone", title="Nobody's")
    nobodys = Track.objects.create(ref="n", work=alone, title="Nobody's take", merged_into=bare)
    assert titles(oda.get("/catalogue/", {"file": "no"})) == {"Told of"}
    assert titles(oda.get("/catalogue/", {"genre": "waltz"})) == {"Told of"}
    assert "Told of" not in titles(oda.get("/catalogue/", {"consent": "yes"}))
    assert titles(oda.get("/catalogue/", {"merged": "yes"})) == {nobodys.title}
    unclaimed = oda.get("/catalogue/", {"kind": "works", "ownership": "unclaimed"})
    assert "Nobody's" in titles(unclaimed)
    assert 'value="unclaimed" selected' in unclaimed.content.decode()


def test_a_work_that_is_claimed_twice_over_is_found_as_a_conflict(oda):
    work = Work.objects.create(ref="twice", title="Twice claimed")
    for party in Party.objects.order_by("pk")[:2]:
        work.shares.create(
            party=party,
            right="composition",
            role="composer",
            share_ppm=600_000,
            valid_from=date(2020, 1, 1),
        )
    page = oda.get("/catalogue/", {"kind": "works", "ownership": "conflict"})
    assert titles(page) == {"Twice claimed"}
    assert "120 % conflict" in text(page)


def test_what_was_forbidden_since_is_not_shown_as_agreed(oda):
    track = Track.objects.create(ref="told", work=Work.objects.first(), title="Told of")
    said = {"right": "composition", "use": "training", "valid_from": date(2020, 1, 1)}
    track.consents.create(**said, basis="licence")
    assert "Told of" in titles(oda.get("/catalogue/", {"consent": "yes"}))
    party = Party.objects.first()
    track.consents.create(**said, basis="withdrawn", is_opt_out=True, party=party)
    assert "Told of" not in titles(oda.get("/catalogue/", {"consent": "yes"}))
    assert "Told of" in titles(oda.get("/catalogue/", {"consent": "no"}))


def test_a_work_in_an_open_conflict_is_found_with_its_tracks_until_it_is_settled(oda):
    work = Work.objects.create(ref="w:contested", title="Contested")
    Track.objects.create(ref="contested", work=work, title="Contested take")
    conflict = Conflict.objects.create(
        work=work, right="composition", title=work.title, party_ids=[], valid_from=date(2026, 1, 1)
    )
    asked = {"ownership": "contested"}
    assert titles(oda.get("/catalogue/", asked)) == {"Contested take"}
    assert titles(oda.get("/catalogue/", asked | {"kind": "works"})) == {"Contested"}
    Conflict.objects.filter(pk=conflict.pk).update(settled_at=timezone.now(), outcome="agreed")
    assert titles(oda.get("/catalogue/", asked)) == set()


def test_what_is_wrong_is_found_by_how_bad_it_is(oda):
    track, party = Track.objects.get(ref="T1"), Party.objects.first()
    finding = _found_wrong("track", track.pk, track.title, work_id=track.work_id, track_id=track.pk)
    _found_wrong("party", party.pk, party.name)
    asked = {"severity": "error"}
    assert titles(oda.get("/catalogue/", asked)) == {track.title}
    assert titles(oda.get("/catalogue/", asked | {"kind": "works"})) == {track.work.title}
    assert titles(oda.get("/catalogue/", asked | {"kind": "parties"})) == {party.name}
    assert titles(oda.get("/catalogue/", {"severity": "blocking"})) == set()
    for address in (f"tracks/{track.pk}", f"parties/{party.pk}"):
        page = text(oda.get(f"/catalogue/{address}/"))
        assert "a-former-rule" in page, address
    finding.status = Finding.Status.MENDED
    finding.save()
    assert titles(oda.get("/catalogue/", asked)) == set()
    assert "a-former-rule" not in text(oda.get(f"/catalogue/tracks/{track.pk}/"))


def _found_wrong(subject: str, pk: int, name: str, **inside) -> Finding:
    now = timezone.now()
    return Finding.objects.create(
        rule="a-former-rule",
        rule_version=1,
        dimension="validity",
        severity="error",
        subject=subject,
        subject_id=pk,
        subject_name=name,
        first_seen_at=now,
        last_seen_at=now,
        **inside,
    )


def test_what_was_looked_for_is_counted_as_far_as_one_can_leaf(oda, monkeypatch):
    monkeypatch.setattr(browse, "MOST_SHOWN", 2)
    work = Work.objects.first()
    for n in range(3):
        Track.objects.create(ref=f"many{n}", work=work, title=f"Many {n}")
    page = oda.get("/catalogue/", {"q": "many"})
    assert "Tracks more than 2" in text(page)
    assert titles(page) == {"Many 0", "Many 1"}
    assert f"Tracks {Track.objects.count()}" in text(oda.get("/catalogue/"))


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "ships", "page": "-1", "sort": "x", "file": "maybe", "merged": "1"},
        {"q": "\0" * 9 + "%_\\'\"" + "x" * 9_000, "page": "99999999999999999999"},
        {"q": "- . -", "kind": "parties"},
        {"sender": "nobody", "kind": "works", "format": "pdf"},
    ],
)
def test_an_address_that_says_nonsense_still_shows_a_page(oda, asked):
    assert oda.get("/catalogue/", asked).status_code == 200


def test_an_empty_search_and_an_empty_catalogue_are_told_apart(oda):
    page = text(oda.get("/catalogue/", {"q": "no such song"}))
    assert "None of the tracks is like that" in page
    assert "No works in the catalogue yet" not in page


def test_the_result_is_a_file_whose_cells_are_no_formulas(oda):
    work = Work.objects.create(ref="w:evil", title="=cmd|' /C calc'!A0")
    Track.objects.create(ref="evil", work=work, title="+1", artist="x\ry")
    answer = oda.get("/catalogue/", {"q": "evil", "format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    head, row = csv.reader(io.StringIO(answer.content.decode(), newline=""))
    cells = dict(zip(head, row, strict=True))
    assert (cells["title"], cells["work_title"]) == ("'+1", "'=cmd|' /C calc'!A0")


@pytest.mark.parametrize("kind", ["tracks", "works", "parties"])
def test_more_rows_need_no_more_queries(oda, kind):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert oda.get("/catalogue/", {"kind": kind}).status_code == 200
        return len(asked)

    before = queries()
    for n in range(30):
        work = Work.objects.create(ref=f"more{n}", title=f"More {n}")
        Track.objects.create(ref=f"more{n}", work=work, title=f"More {n}")
        Party.objects.create(ref=f"more{n}", name=f"More {n}")
    assert queries() == before == QUERIES[kind]
