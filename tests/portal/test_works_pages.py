"""Works: who holds them, what they earned, through which generated pieces."""

import csv
import io

import pytest

from catalog.models import Credit, Share, Track, Work
from catalog.services.history import changing
from royalty.selectors.statement_lines import lines_of
from tests.portal.people import holder, signed_in, statement_of, text
from tests.royalty.cast import add_track, own

pytestmark = pytest.mark.django_db


def work_of(ref: str) -> Work:
    return Work.objects.get(ref=f"work:{ref}")


def test_the_list_shows_ones_part_and_what_each_work_earned(people):
    page = text(people.ada.get("/works/"))
    assert "Song T1 100 % 1 3 EUR 7.1167" in page
    assert "Song T3 40 % 1 4 EUR 5.9267" in page
    assert "Song T2" not in page, "that one is B's"


def test_what_works_earned_sums_to_what_the_statement_says(people):
    response = people.ada.get("/works/")
    earned = sum(row.earned["EUR"].atoms for row in response.context["rows"])
    assert earned == statement_of("A").earned_atoms


def test_works_that_earned_most_come_first_then_by_title(people, month):
    for title in ("Zebra", "Aria"):
        add_track(month, title, {"A": 1})
    page = text(people.ada.get("/works/"))
    places = [page.index(f"Song {name}") for name in ("T1", "T3", "Aria", "Zebra")]
    assert places == sorted(places)
    assert "nothing yet" in page


def test_works_are_sorted_and_taken_along_as_a_file(people):
    page = text(people.ada.get("/works/?sort=-work"))
    assert page.index("Song T3") < page.index("Song T1")
    content = people.ada.get("/works/?sort=work&q=t3&export=csv").content.decode()
    (row,) = csv.DictReader(io.StringIO(content))
    assert (row["work"], row["share_ppm"]) == ("Song T3", "400000")
    assert row["earned_EUR"] == "5.92666666", "to the last atom"


@pytest.mark.parametrize(("sought", "found"), [("t1", True), ("T3", True), ("%", False)])
def test_works_are_found_by_title(people, sought, found):
    page = text(people.ada.get("/works/", {"q": sought}))
    assert ("No title contains that" not in page) == found


@pytest.mark.parametrize("sought", ["\0", "%' OR 1=1 --", "a" * 5000, "\\"])
def test_any_search_gives_a_page(people, sought):
    assert people.ada.get("/works/", {"q": sought}).status_code == 200


def test_a_work_shows_all_holders_and_leads_to_its_lines(people):
    response = people.ada.get(f"/works/{work_of('T3').pk}/")
    page = text(response)
    assert "Party C Composer worldwide 60 %" in page
    assert "Party A Composer worldwide 40 %" in page
    statement = statement_of("A")
    rows = {
        numbered.row
        for numbered in lines_of(statement, track_ref="T3")
        if numbered.line.generation_id
    }
    assert rows
    for row in rows:
        assert f"/statements/{statement.pk}/lines/{row}/" in response.content.decode()


def test_a_part_that_nobody_claims_is_named(people, month):
    add_track(month, "T9", {"A": 0.25})
    assert "claimed by nobody 75 %" in text(people.ada.get(f"/works/{work_of('T9').pk}/"))


def test_a_part_that_is_claimed_twice_is_named(people, month):
    add_track(month, "T9", {"A": 0.75, "C": 0.5})
    page = text(people.ada.get(f"/works/{work_of('T9').pk}/"))
    assert "claimed beyond the whole 25 %" in page
    assert "held until they agree" in page


def test_a_publisher_and_its_sub_publisher_do_not_claim_the_same_twice(people, month):
    track = add_track(month, "T9", {"A": 0.5})
    own(month, track.work, "B", 500_000, role="publisher", territory="WW-DE")
    own(month, track.work, "C", 500_000, role="sub_publisher", territory="DE")
    page = text(people.ada.get(f"/works/{work_of('T9').pk}/"))
    assert "Party B Publisher worldwide except Germany 50 %" in page
    assert "Party C sub-publisher Germany 50 %" in page
    assert "claimed beyond the whole" not in page
    assert "claimed by nobody" not in page


def test_a_work_says_by_what_number_it_is_known_and_who_is_named_with_it(people, month):
    add_track(month, "T9", {"A": 1})
    Work.objects.filter(ref="work:T9").update(iswc="T0345246801")
    Track.objects.filter(ref="T9").update(isrc="USRC17607839")
    Credit.objects.create(work=work_of("T9"), party=month.parties["C"], role="arranger")
    page = text(people.ada.get(f"/works/{work_of('T9').pk}/"))
    assert "ISWC T-034.524.680-1" in page
    assert "ISRC US-RC1-76-07839" in page
    assert "Party C (Arranger)" in page


def test_a_holder_reads_what_was_changed_and_why_and_not_by_whom(people, month):
    add_track(month, "T9", {"A": 1})
    with changing(by=month.ann, reason="A letter of 2 May.", source="admin"):
        Share.objects.filter(work__ref="work:T9").update(share_ppm=400_000)
    response = people.ada.get(f"/works/{work_of('T9').pk}/")
    assert "share ppm: 100 % → 40 % the operator: A letter of 2 May." in text(response)
    assert "Ann" not in text(response)
    assert response.context["history"][0].person == ""


def test_a_merged_work_is_listed_no_more_and_says_so(people, month):
    add_track(month, "T9", {"A": 1})
    Work.objects.filter(ref="work:T9").update(merged_into=work_of("T1"))
    assert "Song T9" not in text(people.ada.get("/works/"))
    assert "found to be one that" in text(people.ada.get(f"/works/{work_of('T9').pk}/"))


def test_somebody_elses_work_is_not_found(people):
    assert people.ada.get(f"/works/{work_of('T2').pk}/").status_code == 404
    assert people.ada.get("/works/999999999999999999999/").status_code == 404


def test_whoever_has_no_works_yet_is_told_what_to_do(people, month):
    client = signed_in("new@example.org", holder(month, "New"))
    assert "No works yet" in text(client.get("/works/"))
