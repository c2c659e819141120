"""What the page of the design system shows: no row of the database, and no amount of anybody."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from portal.tables import Amount, Column, Filter, Table
from royalty.documents.statement import Change, LineSource
from royalty.documents.waterfall import Bar, waterfall

# Names of the custom properties in static/css/tokens.css; the page's own styles show each.
COLOURS = (
    (_("Surfaces and text"), ("paper", "card", "well", "rule", "rule-strong", "ink", "quiet")),
    (_("The accent"), ("accent", "accent-strong", "accent-wash", "on-accent")),
    (_("Series in drawings"), ("attributed", "fallback", "balance", "outgoing")),
    (_("What needs attention"), ("caution", "caution-wash", "bad", "bad-wash")),
)
SIZES = ("3xl", "2xl", "xl", "l", "m", "s", "xs")
SPACES = tuple(range(1, 9))
BATCH_AMOUNT = Amount(2_799_000_000, "EUR")
AMOUNT_ATOMS = 1_234_567_890_123
STATES = (
    ("open", _("open")),
    ("closed", _("closed")),
    ("draft", _("draft")),
    ("settled", _("settled")),
    ("failed", _("failed")),
)


# When, what, who, in which words. A day alone is written without a time.
EVENTS = (
    (datetime(2026, 10, 1, 9, 12, tzinfo=UTC), _("filed the claim"), "Erik Satie", ""),
    (
        datetime(2026, 10, 2, 14, 40, tzinfo=UTC),
        _("Another party claims the same"),
        "",
        _("Together they claim more than there is, so the money is held."),
    ),
    (date(2026, 10, 9), _("They agreed"), "", ""),
)


class Piece(NamedTuple):
    """A line of the sample table."""

    title: str
    composer: str
    day: date
    uses: int
    share_ppb: int
    low_ppb: int | None
    high_ppb: int | None
    amount: Amount


PIECES = [
    Piece(
        "Gymnopédie No. 1", "Erik Satie", date(2026, 10, 3), 1_204,
        213_000_000, 174_000_000, 251_000_000, Amount(48_125_000_000, "EUR"),
    ),
    Piece(
        "Clair de lune", "Claude Debussy", date(2026, 10, 7), 873,
        96_000_000, 61_000_000, 130_000_000, Amount(21_070_250_000, "EUR"),
    ),
    Piece(
        "Träumerei", "Robert Schumann", date(2026, 10, 12), 2_650,
        41_000_000, None, None, Amount(7_930_004_200, "EUR"),
    ),
    Piece(
        "Maple Leaf Rag", "Scott Joplin", date(2026, 10, 21), 98,
        8_000_000, 1_000_000, 19_000_000, Amount(-1_250_000_000, "EUR"),
    ),
]  # fmt: skip

TABLE = Table(
    name="sample",
    caption=_("Sample lines"),
    columns=(
        Column(
            "work",
            _("Work"),
            sort=lambda each: each.title.casefold(),
            value=lambda each: each.title,
        ),
        Column("composer", value=lambda each: each.composer),
        Column("day", _("Day"), sort=lambda each: each.day, value=lambda each: each.day),
        Column(
            "uses",
            _("Uses"),
            "number",
            sort=lambda each: each.uses,
            value=lambda each: each.uses,
            total=True,
        ),
        Column(
            "share_ppb",
            _("Estimated share"),
            "share",
            sort=lambda each: each.share_ppb,
            value=lambda each: each.share_ppb,
        ),
        Column(
            "amount",
            _("Amount"),
            "number strong",
            sort=lambda each: each.amount,
            value=lambda each: each.amount,
            total=True,
        ),
    ),
    start="-amount",
    rows_a_page=3,
)


def filters() -> list[Filter]:
    """By title, and by what the interval says."""
    return [
        Filter(
            "title",
            _("Title"),
            lambda rows, text: [row for row in rows if text.casefold() in row.title.casefold()],
        ),
        Filter(
            "interval",
            _("Interval"),
            lambda rows, text: [row for row in rows if (row.low_ppb is None) == (text == "none")],
            choices=[("some", _("measured")), ("none", _("no model interval"))],
        ),
    ]


def bars() -> list[Bar]:
    """A balance that moved in every way that there is."""
    changes = [
        Change("Attributed to your works", 69_195_250_000, LineSource.ATTRIBUTED),
        Change("From the contract's fallback", 7_930_004_200, LineSource.FALLBACK),
        Change("Recouped advance", -20_000_000_000),
    ]
    return waterfall(4_120_000_000, changes, 61_240_000_000)
