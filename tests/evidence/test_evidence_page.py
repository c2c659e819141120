"""From a line of a statement to two segments that can be seen and heard."""

import re
from datetime import timedelta

import pytest

from attribution.models import Attribution, AttributionRun
from attribution.selectors.rolls import roll_bytes, roll_name
from common.storage import put
from royalty.apportionment import LineKind
from tests.evidence.conftest import member_of, row_of, scale, url
from tests.royalty.cast import AFTER, attribute, attribution_run

NOTE = re.compile(r'<rect( class="context")? [^>]*data-note="(\d+) (\d+) (\d+) (\d+)"')


def page_of(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return response.content.decode()


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_line_leads_to_both_segments(heard):
    page = page_of(heard.ida, heard.url)
    assert page.count("<piano-roll") == 2
    assert "segment 1 of 3, 0:00.0 – 0:04.0" in page
    assert "segment 2 of 3, 0:04.0 – 0:08.0" in page
    assert "Song T3" in page
    assert "G3" in page


def test_the_share_is_called_an_estimate_and_no_accusation(heard):
    said = words(page_of(heard.ida, heard.url))
    assert "Estimated share of this piece 60.0 %" in said
    assert "Rank 1 of 3" in said
    assert "It does not say that the song was copied, or that it caused the piece." in said
    assert "no model interval: measured with one checkpoint alone" in said


def test_the_interval_is_shown_where_there_is_one(heard):
    Attribution.objects.filter(generation__external_id="G3").update(
        has_model_interval=True,
        low_ppb=[100_000_000, 100_000_000, 455_000_000],
        high_ppb=[300_000_000, 300_000_000, 701_000_000],
    )
    said = words(page_of(heard.ida, heard.url))
    assert "between 45.5 % and 70.1 % over" in said


def test_quality_is_said_in_words_also_when_it_was_not_measured(heard):
    assert "How often this run pays wrongly was not measured." in page_of(heard.ida, heard.url)
    AttributionRun.objects.update(quality={"false_payment": 0.0123})
    said = words(page_of(heard.ida, heard.url))
    assert "never trained on would have been given 1.2 % of the money" in said


def test_one_can_go_to_another_pair(heard):
    page = page_of(heard.ida, heard.url + "?pair=2")
    assert "segment 3 of 3" in page
    assert "segment 1 of 3" in page
    assert "number 2 by influence" in page
    assert re.search(r'href="\?pair=2#hear" aria-current="true"', page)


@pytest.mark.parametrize("pair", ["0", "4", "-1", "x", "1.0", "9" * 30, "１"])
def test_a_pair_that_is_not_there_is_not_found(heard, pair):
    assert heard.ida.get(heard.url, {"pair": pair}).status_code == 404


def test_notes_of_the_neighbours_are_drawn_pale_and_the_rest_stays_where_it_is(heard):
    put(roll_name(heard.assets[1], heard.store), roll_bytes(scale(n_notes=80)))
    page = page_of(heard.ida, heard.url)
    track = NOTE.findall(page.split("<piano-roll")[2])
    own = [int(onset) for pale, onset, *_ in track if not pale]
    assert own == [500 * place for place in range(8, 16)]
    pale = [int(onset) for pale, onset, *_ in track if pale]
    assert pale == [*range(2000, 4000, 500), *range(8000, 10000, 500)]


def test_the_notes_are_in_a_table_too(heard):
    page = page_of(heard.ida, heard.url)
    table = page[page.index("Generated, segment 1: 8 notes") :]
    assert re.search(
        r'<td class="number">0:00\.5</td><td>C♯3</td><td class="number">0\.45 s', table
    )


def test_a_huge_piece_makes_no_huge_page(heard):
    put(roll_name(heard.assets[1], heard.store), roll_bytes(scale(n_notes=50_000)))
    assert len(page_of(heard.ida, heard.url)) < 60_000


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        '"><svg onload=alert(1)>',
        "{{ 7|add:7 }}",
        "\N{RIGHT-TO-LEFT OVERRIDE}eltit",
        "🎵" * 400,
    ],
)
def test_a_hostile_title_stays_text(heard, title):
    track = heard.world.tracks["T3"]
    track.title = title
    track.save()
    page = page_of(heard.ida, heard.url)
    assert "<script>alert" not in page
    assert "<svg onload" not in page
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page
    assert "🎵" * 200 not in page
    assert "> 14 <" not in page


def test_a_hostile_name_of_a_piece_stays_text(heard):
    generation = heard.world.generations["G3"]
    attribution = Attribution.objects.get(generation=generation)
    assert attribution.evidence
    said = page_of(heard.ida, heard.url)
    assert f"<bdi>{generation.external_id}</bdi>" in said


def test_all_pairs_are_marked_on_the_strips_and_listed(heard):
    page = page_of(heard.ida, heard.url)
    of_piece, of_track = (part.split("</svg>")[0] for part in page.split('class="strip"')[1:3])
    # Segments 0 (9.1), 2 (7.5) and 1 (6.0) of the piece; 1 (9.1, 6.0) and 0 (7.5) of the track.
    assert re.findall(r'class="strong".*?opacity="([\d.]+)"', of_piece) == ["1.00", "0.82", "0.66"]
    assert re.findall(r'class="strong".*?opacity="([\d.]+)"', of_track) == ["1.00", "0.82"]
    assert "Pair 2 3 0:08.0 1 0:00.0 7.5" in words(page)


def test_the_page_and_what_its_player_says_speak_the_readers_language(heard):
    heard.ida.cookies["language"] = "de"
    page = page_of(heard.ida, heard.url)
    assert 'data-paused="Paused"' not in page
    assert 'data-play="Play"' not in page
    assert re.search(r'<td class="number">0:00,5</td><td>[^<]+</td><td class="number">0,45 s', page)


def test_nothing_runs_or_is_styled_inline(heard):
    page = page_of(heard.ida, heard.url)
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)
    assert "https://" not in page
    response = heard.ida.get(heard.url)
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]


def test_another_tenants_line_is_not_found(heard):
    assert heard.otto.get(heard.url).status_code == 404


def test_another_partys_row_is_not_found_in_an_own_statement(heard):
    others = heard.world.period.statements.get(party=heard.world.parties["A"])
    row = row_of(others, LineKind.ATTRIBUTED)
    assert heard.ida.get(url(heard.statement, row)).status_code == 404


@pytest.mark.parametrize("row", [10**6, 10**18, 10**40])
def test_a_row_that_is_not_there_is_not_found(heard, row):
    assert heard.ida.get(url(heard.statement, row)).status_code == 404


@pytest.mark.parametrize("pk", ["0", "9" * 30, "-1", "x"])
def test_a_statement_that_is_not_there_is_not_found(heard, pk):
    assert heard.ida.get(f"/statements/{pk}/lines/0/evidence/").status_code == 404


def test_a_stranger_is_asked_to_sign_in(heard, client):
    response = client.get(heard.url)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("kind", ["platform", "operator"])
def test_the_page_is_for_rights_holders(heard, kind):
    assert member_of(kind, "Pia").get(heard.url).status_code == 404


def test_the_page_only_reads(heard):
    assert heard.ida.post(heard.url).status_code == 405


def test_a_fallback_line_says_why_there_is_nothing_to_hear(heard):
    page = page_of(heard.ida, url(heard.statement, heard.fallback_row))
    assert "there is nothing to hear" in words(page)
    assert "<piano-roll" not in page


def test_a_fallback_line_says_which_objections_kept_shares_from_being_paid(heard):
    address = url(heard.statement, heard.fallback_row)
    assert "must not be paid by" not in words(page_of(heard.ida, address))
    vetoed = attribution_run(heard.store, AFTER - timedelta(hours=1), objections=["<b>Noise.</b>"])
    for piece in ("G3", "G4"):  # G3 has a sound attribution too, which counts
        attribute(heard.world, piece, {"T3": 500_000_000}, vetoed)
    sound = Attribution.objects.filter(run=heard.world.run, generation__external_id="G4")
    sound.delete()
    page = page_of(heard.ida, address)
    assert "must not be paid by" in words(page)
    assert "<li>&lt;b&gt;Noise.&lt;/b&gt;" in page
    assert "(1 piece)" in words(page)
    assert "Noise" not in words(page_of(heard.ida, heard.url))


def test_a_run_that_kept_no_pairs_says_so(heard):
    Attribution.objects.filter(generation__external_id="G3").update(evidence=[])
    assert "kept no segments to listen to" in words(page_of(heard.ida, heard.url))


def test_the_page_asks_the_database_little(heard, django_assert_max_num_queries):
    heard.ida.get(heard.url)
    with django_assert_max_num_queries(25):
        heard.ida.get(heard.url)
