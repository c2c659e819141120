"""A sender's delivery is held against its earlier ones; silence is noticed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.deliveries.models import Delivery, DeliveryRow
from catalog.models import Sender
from catalog.quality.drift import psi, robust_z, schema_change
from catalog.quality.models import Alert
from catalog.quality.services.monitoring import compare, look_for_silence
from tests.catalog.quality.rows import TODAY

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def sender(db) -> Sender:
    return Sender.objects.create(code="label", name="A label")


def deliver(sender: Sender, week: int, n_rows: int = 20, **changes: object) -> Delivery:
    """A delivery as every week's, but for what is changed of its cells or columns."""
    headings = changes.pop("headings", ["Titel", "Genre"])
    delivery = Delivery.objects.create(
        sender=sender, name=f"week {week}.csv", sha256="a" * 64, size_bytes=1, as_of=TODAY,
        columns=headings,
    )  # fmt: skip
    Delivery.objects.filter(pk=delivery.pk).update(received_at=START + week * WEEK)
    delivery.refresh_from_db()
    cells = {"title": "Song", "genre": "art song"} | changes
    DeliveryRow.objects.bulk_create(
        DeliveryRow(
            delivery=delivery, number=at + 2, kind="track", ref=f"{week}-{at}",
            outcome="created", cells=cells | {"track_id": f"{week}-{at}"},
        )
        for at in range(n_rows)
    )  # fmt: skip
    return delivery


@pytest.fixture
def usual(sender) -> None:
    for week in range(4):
        assert compare(deliver(sender, week, 20 + week % 2)) == []


def told(alerts: list[Alert]) -> set[tuple[str, str]]:
    return {(each.monitor, each.about) for each in alerts}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"n_rows": 21}, set()),
        ({"n_rows": 3}, {("volume", ""), ("distribution", "title:distinct")}),
        ({"genre": ""}, {("distribution", "genre:filled"), ("distribution", "genre:distinct")}),
        ({"genre": "techno"}, {("distribution", "genre:mix")}),
        ({"headings": ["Titel", "Stil"]}, {("schema", "")}),
        ({"headings": ["Titel", "Genre", "ISRC"]}, {("schema", "")}),
    ],
)
def test_what_is_unusual_is_told_and_nothing_else(sender, usual, changes, expected):
    alerts = compare(deliver(sender, 4, **changes))
    got = {each for each in told(alerts) if not each[1].endswith(":distinct")}
    assert got == {each for each in expected if not each[1].endswith(":distinct")}


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"composer_share_pct": "0.5;0.5"}, "composer_share_pct:median"),  # parts of one
        ({"composer": "A;B;C;D"}, "holders:median"),
        ({"composer_share_pct": "50;1e99"}, None),  # what is no number is another rule's matter
    ],
)
def test_a_number_that_is_another_in_most_rows_is_told_with_what_is_usual(sender, changes, about):
    cells = {"composer": "A;B", "composer_share_pct": "50;50"}
    for week in range(4):
        assert compare(deliver(sender, week, **cells)) == []
    alerts = {each.about: each for each in compare(deliver(sender, 4, **(cells | changes)))}
    told = {name for name in alerts if name.endswith(":median")}
    assert told == ({about} if about else set())


def test_one_absurd_row_moves_no_median(sender):
    cells = {"composer": "A;B", "composer_share_pct": "50;50"}
    for week in range(4):
        compare(deliver(sender, week, **cells))
    delivery = deliver(sender, 4, **cells)
    row = delivery.rows.first()
    row.cells["composer_share_pct"], row.file = "999999;0", {"seconds": "long"}
    row.save()
    assert not [each for each in compare(delivery) if each.about.endswith(":median")]


def test_files_that_are_shorter_than_usual_are_told(sender):
    for week in range(5):
        delivery = deliver(sender, week)
        delivery.rows.update(file={"seconds": 180.0 if week < 4 else 30})
        alerts = compare(delivery)
    assert [each.sentence for each in alerts] == [
        "Files last 30 seconds in the median; usually 180."
    ]


def test_comparing_again_raises_no_second_alert(sender, usual):
    delivery = deliver(sender, 4, 90)
    assert {each.pk for each in compare(delivery)} == {each.pk for each in compare(delivery)}


def test_of_a_first_delivery_nothing_is_said(sender):
    assert compare(deliver(sender, 0, 900)) == []


def test_a_silent_sender_is_noticed_once_and_forgiven_when_it_delivers(sender, usual):
    last = START + 3 * WEEK
    assert look_for_silence(now=last + timedelta(days=10)) == []
    for days in (15, 16):
        assert [each.monitor for each in look_for_silence(now=last + timedelta(days=days))] == [
            "freshness"
        ]
    assert Alert.objects.count() == 1
    compare(deliver(sender, 6))
    assert Alert.objects.get().ended_at == START + 6 * WEEK


def test_a_column_in_anothers_place_was_renamed():
    change = schema_change(["Title", "Code", "New"], ["Title", "ISRC"])
    assert (change.added, change.gone, change.renamed) == (("Code", "New"), ("ISRC",), ())
    assert schema_change(["Title", "Code"], ["Title", "ISRC"]).renamed == (("ISRC", "Code"),)


counts = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 1_000), min_size=1)


@given(counts, st.integers(2, 9))
def test_the_same_mix_has_not_moved(mix, factor):
    assert psi(mix, {name: n * factor for name, n in mix.items()}) == pytest.approx(0)


@given(counts, counts)
def test_psi_is_the_same_both_ways_and_never_negative(one, other):
    assert psi(one, other) == pytest.approx(psi(other, one))
    assert psi(one, other) >= 0


def test_robust_z_of_the_textbook():
    # Median 3, absolute deviations 2 1 0 1 97: their median is 1, so sigma is 1 / 0.6745.
    assert robust_z(100, [1, 2, 3, 4, 100]) == pytest.approx(0.6745 * 97)
