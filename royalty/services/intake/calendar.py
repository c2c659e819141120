"""Which contract a platform's event falls under, by service and day."""

from datetime import date

from catalog.models import Platform
from royalty.models import Contract
from royalty.services.intake.record import NO_DAY, Record


class Calendar:
    """A platform's contracts, asked once for each service and day that occurs in a file."""

    def __init__(self, platform: Platform) -> None:
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
            self._answers[key] = self._find(service, day)
        if self._answers[key] is None:
            self._explain(record, service, day, day_field)
        return self._answers[key]

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
