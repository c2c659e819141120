"""The page of the design system: every part is on it, and it does nothing."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

from portal.design import samples
from portal.tones import TONES
from tests.portal.people import text

pytestmark = pytest.mark.django_db


def test_everybody_who_signed_in_sees_every_part(people):
    for person in (people.ada, people.oda, people.pia):
        page = person.get("/design/")
        assert page.status_code == 200
    drawn = page.content.decode()
    for part in (
        *('class="swatch accent"', 'class="money"', 'class="badge bad"', 'class="stat"'),
        *('class="share-bar"', "waterfall", 'aria-sort="descending"', 'class="timeline"'),
        *('class="steps"', "data-drop", 'class="consequence"', 'class="empty"', "<progress"),
        *('aria-invalid="true"', 'class="notice caution"', 'class="notice bad"'),
    ):
        assert part in drawn, part
    assert "Steps and events" in text(page)
    assert "&lt;" not in drawn, "what one part is made of is not escaped by the next"


def test_nobody_sees_it_without_signing_in(client):
    assert client.get("/design/").status_code == 302


def test_its_table_sorts_narrows_sums_and_exports(people):
    page = people.ada.get("/design/?sort=uses&interval=some")
    assert [each.title for each in page.context["table"].rows] == [
        "Maple Leaf Rag",
        "Clair de lune",
        "Gymnopédie No. 1",
    ]
    content = people.ada.get("/design/?title=träum&export=csv").content.decode()
    assert [row["work"] for row in csv.DictReader(io.StringIO(content))] == ["Träumerei"]
    assert "No line fits" in text(people.ada.get("/design/?title=nowhere&interval=none"))


def test_what_is_sent_there_is_said_and_nothing_else(people):
    page = people.ada.post("/design/", {"reason": "why not"}, follow=True)
    assert "It was a sample: nothing was paid." in text(page)
    assert 'role="status"' in page.content.decode()


def test_a_state_has_the_tone_that_every_page_gives_it():
    assert TONES["settled"] == "attributed"
    assert {state for state, _words in samples.STATES if state not in TONES} == {"open"}


def moment(at: object, **given: object) -> str:
    """As a page writes it, with a word of the page's own in the block."""
    source = "{% load design %}{% moment at 'sent it back' who=who words=words %}and{% endmoment %}"
    return Template(source).render(Context({"at": at, "who": "", "words": ""} | given))


def test_a_moment_is_a_day_or_a_time_of_a_named_zone():
    day = moment(date(2026, 10, 9))
    assert 'datetime="2026-10-09"' in day
    assert "UTC" not in day
    time = moment(datetime(2026, 10, 9, 14, 40, tzinfo=UTC))
    assert 'datetime="2026-10-09T14:40:00+00:00"' in time
    assert "UTC" in time


def test_what_people_wrote_in_a_moment_is_no_markup():
    drawn = moment(date(2026, 10, 9), who="<b>Ada", words="one\n<i>two")
    assert "<strong><bdi>&lt;b&gt;Ada</bdi></strong> sent it back" in drawn
    assert "one<br>&lt;i&gt;two" in drawn
    assert drawn.index("sent it back") < drawn.index("two") < drawn.index("and")
