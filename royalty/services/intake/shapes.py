"""The two kinds of lines: which fields they have, and the row that becomes of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from common.money import Currency, MoneyError, currency
from royalty.models import Contract, EventKind, FileFormat, RevenueKind
from royalty.services.intake.calendar import Calendar
from royalty.services.intake.record import NO_DAY, NO_INSTANT, Record

MAX_AMOUNT_UNITS = 1_000_000_000
GENERATION_LENGTH = 200
CORRECTS = "corrects"  # the one field that a line may leave out
COMMON = ("event_id", "service")
USAGE_FIELDS = (*COMMON, "generation", "subscriber", "used_at", "count")
MONEY_FIELDS = ("amount", "currency", "earned_on")
REVENUE_FIELDS = {
    RevenueKind.SUBSCRIPTION.value: (*COMMON, "kind", "subscriber", *MONEY_FIELDS),
    RevenueKind.OUTPUT.value: (*COMMON, "kind", "generation", *MONEY_FIELDS),
    RevenueKind.TRAINING.value: (*COMMON, "kind", *MONEY_FIELDS),
}


@dataclass(frozen=True)
class Shape:
    """How a kind of line is read and where it goes.

    `required` are the fields of every line, `optional` those that some lines have.
    `columns` are those of the event's table and of the staging table alike, with types; those that
    are `derived` are no part of what the sender said, so that events are compared without; `day` is
    the SQL of the day to which an event belongs, after its alias; beside that day a correction
    keeps the columns `kept`.
    """

    kind: EventKind
    required: tuple[str, ...]
    optional: tuple[str, ...]
    table: str
    columns: dict[str, str]
    derived: frozenset[str]
    day: str
    kept: tuple[str, ...]
    row: Callable[[Record, Calendar], tuple[Any, ...]]


def usage_row(record: Record, calendar: Calendar) -> tuple[Any, ...]:
    """The values of USAGE.columns, before them the generation's external id."""
    record.check_fields(USAGE_FIELDS, [CORRECTS])
    service, used_at = record.text("service"), record.instant("used_at")
    calendar.contract_on(
        record, service, NO_DAY if used_at is NO_INSTANT else used_at.date(), "used_at"
    )
    calendar.check_moment(record, "used_at", used_at)
    return (
        record.text("generation", GENERATION_LENGTH),
        record.text("event_id"),
        service,
        record.text("subscriber"),
        used_at,
        record.count("count", least=0 if CORRECTS in record else 1),
        record.text(CORRECTS),
    )


def reported_row(record: Record, calendar: Calendar) -> tuple[Any, ...]:
    """As `usage_row`, for uses that are reported without subscribers."""
    service, used_at = record.text("service"), record.instant("used_at")
    contract = calendar.contract_on(record, service, used_at.date(), "used_at")
    calendar.check_moment(record, "used_at", used_at)
    if contract is not None and contract.model.needs_subscribers:
        record.fault(
            "service",
            f"{contract} shares money {contract.allocation_model.replace('_', ' ')}, by who used "
            "what; send its uses as NDJSON or CSV, each with its subscriber.",
        )
    generation, event_id = record.text("generation", GENERATION_LENGTH), record.text("event_id")
    return generation, event_id, service, "", used_at, record.count("count"), ""


def revenue_row(record: Record, calendar: Calendar) -> tuple[Any, ...]:
    """The values of REVENUE.columns, before them the generation's external id or nothing."""
    kind = record.choice("kind", REVENUE_FIELDS)
    fields = REVENUE_FIELDS.get(kind, (*COMMON, "kind", *MONEY_FIELDS))
    record.check_fields(fields, [CORRECTS])
    service, earned_on = record.text("service"), record.day("earned_on")
    contract = calendar.contract_on(record, service, earned_on, "earned_on")
    calendar.check_day(record, "earned_on", earned_on)
    reported_atoms, reported_currency = _amount(record, contract, kind)
    return (
        record.text("generation", GENERATION_LENGTH) if "generation" in fields else "",
        record.text("event_id"),
        service,
        kind,
        record.text("subscriber") if "subscriber" in fields else "",
        reported_atoms,  # in another currency it is converted once the rates can be asked for
        contract.currency if contract else "",
        earned_on,
        record.text(CORRECTS),
        reported_atoms,
        reported_currency,
        None,
        None,
    )


def most_atoms(code: str) -> int:
    """The largest amount that is taken, in atoms of a currency."""
    return MAX_AMOUNT_UNITS * currency(code).atoms_per_unit


def _amount(record: Record, contract: Contract | None, kind: str) -> tuple[int, str]:
    """The amount as it was sent, in atoms, with its currency; faults are noted."""
    amount, code = record.text("amount"), record.text("currency")
    if contract is None:
        return 0, ""
    if kind and kind != contract.revenue_kind:
        record.fault(
            "kind",
            f"{contract} shares money {contract.allocation_model.replace('_', ' ')} and takes "
            f"{contract.revenue_kind} revenue, not {kind}.",
        )
    try:
        money = currency(code) if code else contract.money
    except MoneyError as error:
        record.fault("currency", f"{error}.")
        return 0, ""
    return (_atoms(record, amount, money) if amount else 0), money.code


def _atoms(record: Record, amount: str, money: Currency) -> int:
    try:
        atoms = money.parse_atoms(amount) if amount.isascii() else -1
    except MoneyError as error:
        record.fault("amount", f"{error}.")
        return 0
    least = 0 if CORRECTS in record else 1
    if not least <= atoms <= most_atoms(money.code):
        record.fault(
            "amount",
            f"It must be {'at least' if CORRECTS in record else 'above'} 0 and at most "
            f"{MAX_AMOUNT_UNITS:,}, not {amount}; what was reported wrongly is sent again with "
            "`corrects`, not as negative revenue.",
        )
    return atoms


USAGE = Shape(
    kind=EventKind.USAGE,
    required=USAGE_FIELDS,
    optional=(CORRECTS,),
    table="royalty_usageevent",
    columns={
        "event_id": "varchar",
        "service": "varchar",
        "subscriber": "varchar",
        "used_at": "timestamptz",
        "count": "int4",
        CORRECTS: "varchar",
    },
    derived=frozenset(),
    day="used_at AT TIME ZONE 'UTC'",
    kept=("service",),
    row=usage_row,
)
REPORTED_USAGE = replace(USAGE, row=reported_row)
REVENUE = Shape(
    kind=EventKind.REVENUE,
    required=(*COMMON, "kind", *MONEY_FIELDS),
    optional=("subscriber", "generation", CORRECTS),
    table="royalty_revenueevent",
    columns={
        "event_id": "varchar",
        "service": "varchar",
        "kind": "varchar",
        "subscriber": "varchar",
        "amount_atoms": "int8",
        "currency": "varchar",
        "earned_on": "date",
        CORRECTS: "varchar",
        "reported_atoms": "int8",
        "reported_currency": "varchar",
        "reported_rate_id": "int8",
        "contract_rate_id": "int8",
    },
    derived=frozenset({"amount_atoms", "reported_rate_id", "contract_rate_id"}),
    day="earned_on",
    kept=("service", "kind"),
    row=revenue_row,
)


def shape_of(kind: EventKind, form: FileFormat) -> Shape:
    """How lines of a kind are read that come in that form."""
    if kind == EventKind.REVENUE:
        return REVENUE
    return REPORTED_USAGE if form == FileFormat.DSR else USAGE
