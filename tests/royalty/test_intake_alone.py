"""One event alone is put in the quick way, and nothing shows afterwards which way it went."""

from contextlib import suppress

import pytest
from django.db import connection

from royalty.models import IntakeFile, RevenueEvent, SentFile, UsageEvent
from royalty.services import intake
from royalty.services.intake import alone, directly
from tests.royalty.cast import revenue_line, settle, usage_line

pytestmark = pytest.mark.django_db
DIFFERENT = {"id", "intake_file", "received_at", "file", "finished_at", "sha256", "event_id"}
MODELS = {"usage": UsageEvent, "revenue": RevenueEvent}
LINES = {"usage": usage_line(1, "U1", "G1", 2), "revenue": revenue_line("U1", "9.99")}


@pytest.fixture
def ways(monkeypatch) -> list[str]:
    """By which way each file went."""
    gone: list[str] = []
    quick = alone.take_alone

    def watched(incoming):
        report = quick(incoming)
        gone.append("staged" if report is None else "alone")
        return report

    monkeypatch.setattr(directly, "take_alone", watched)
    return gone


def rows(model) -> list[dict]:
    """All rows, without what differs between any two."""
    names = [field.name for field in model._meta.fields if field.name not in DIFFERENT]
    return list(model.objects.order_by("pk").values(*names))


@pytest.mark.parametrize("kind", ["usage", "revenue"])
def test_it_leaves_the_rows_that_staging_would_have_left(world, take, ways, monkeypatch, kind):
    quick = take(world, kind, [LINES[kind] | {"event_id": "other"}], "a")
    monkeypatch.setattr(alone, "MOST_BYTES", 0)
    staged = take(world, kind, [LINES[kind] | {"event_id": "first"}], "a")
    assert ways == ["alone", "staged"]
    assert quick.counts | {"file": None} == staged.counts | {"file": None}
    for model in (MODELS[kind], IntakeFile, SentFile):
        first, second = rows(model)
        assert first == second, model
    assert quick.file == MODELS[kind].objects.get(event_id="other").intake_file


@pytest.mark.parametrize(
    "second",
    [
        [LINES["usage"]],  # the same file
        [LINES["usage"] | {"corrects": ""}, {}],  # two lines, and wrong
        [LINES["usage"] | {"count": 3}],  # another content
        [LINES["usage"] | {"event_id": "new", "corrects": "use-1"}],
        [LINES["usage"] | {"event_id": "new", "generation": "nobody"}],
        [LINES["usage"] | {"event_id": "new", "count": "2"}],
    ],
    ids=["known", "two", "contradicts", "corrects", "no-piece", "wrong-type"],
)
def test_whatever_there_is_something_to_say_of_goes_the_other_way(world, take, ways, second):
    take(world, "usage", [LINES["usage"]], "first")
    with suppress(intake.IntakeRefused):
        take(world, "usage", second, "second")
    assert ways == ["alone", "staged"]
    assert UsageEvent.objects.count() == IntakeFile.objects.count()


def test_a_closed_period_takes_no_event_alone_and_its_sentence_is_the_same(
    world, take, report, ways
):
    settle(report(world))
    ways.clear()
    with pytest.raises(intake.IntakeRefused, match="is closed") as refused:
        take(world, "usage", [LINES["usage"] | {"event_id": "late"}])
    assert ways == ["staged"]
    assert "send it as late" in str(refused.value.faults[0])
    assert not UsageEvent.objects.filter(event_id="late").exists()


def test_it_takes_few_statements_and_no_table_of_its_own(
    world, take, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10):
        take(world, "usage", [LINES["usage"]])
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.staged')")
        assert cursor.fetchone() == (None,)
