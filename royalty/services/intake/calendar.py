"""Which contract a platform's event falls under, by service and day; and whether it has been."""

from datetime import UTC, date, datetime, timedelta

from catalog.models import Platform
from royalty.models import Contract
from royalty.services.intake.record import NO_DAY, Record

MOST_AHEAD = timedelta(hours=24)
MOST_ANSWERS = 100_000  # kept at a time: a hostile file may name any number of days


class Calendar:
    """A platform's contracts, asked once for each service and day that occurs in a file.

    `now` is the present, ahead of which no event can be; without it history is told, of which any
    moment is taken.
    """

    def __init__(self, platform: Platform, now: datetime | None = None) -> None:
        self._now = now
        self._latest = None if now is None else now + MOST_AHEAD
        self._contracts = list(Contract.objects.filter(platform=platform).order_by("valid_from"))
        self._answers: dict[tuple[str, date], Contract | None] = {}

    def contract_on(
        self, record: Record, service: str, day: date, day_field: str
    ) -> Contract | None:
        """The contract; none with a fault noted on the record, or if a field was unreadable."""
        if not service or day == NO_DAY:
            return None
        key = (service, day)
        if key not in self._answers:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            self._answers[key] = self._find(service, day)
        if self._answers[key] is None:
            self._explain(record, service, day, day_field)
        return self._answers[key]

    def check_moment(self, record: Record, field: str, moment: datetime) -> None:
        """Note a fault for what a wrong clock dated: it lies more than MOST_AHEAD in the future."""
        if self._latest is not None and moment > self._latest:
            record.fault(
                field,
                f"It lies in the future: here it is {self._now:%Y-%m-%dT%H:%M:%SZ}, and at most 24 "
                "hours ahead are taken. Set your clock right, and send it with its true time.",
            )

    def check_day(self, record: Record, field: str, day: date) -> None:
        """As `check_moment`, for a day of UTC."""
        if self._latest is not None and day > self._latest.date():
            self.check_moment(record, field, datetime(day.year, day.month, day.day, tzinfo=UTC))

    def _find(self, service: str, day: date) -> Contract | None:
        for contract in self._contracts:
            begun = contract.service == service and contract.valid_from <= day
            if begun and (contract.valid_until is None or day < contract.valid_until):
                return contract
        return None

    def _explain(self, record: Record, service: str, day: date, day_field: str) -> None:
        services = sorted({contract.service for contract in self._contracts})
        if service not in services:
            known = ", ".join(services) or "none"
            record.fault("service", f"There is no contract for {service!r}; there is for: {known}.")
        else:
            record.fault(day_field, f"No contract for {service!r} is valid on {day}.")
