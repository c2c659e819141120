"""What platforms are told of their periods and invoices, in the transaction in which it happens."""

from typing import Any

from accounts.webhooks.services.emitting import address_of, emit
from royalty.models import Contract, Invoice, Period


def tell_period_closed(period: Period) -> None:
    """Its figures are final."""
    _tell(period.contract, "period.closed", _period(period))


def tell_period_published(period: Period) -> None:
    """Payees see their statements."""
    _tell(period.contract, "period.published", _period(period))


def tell_invoice_issued(invoice: Invoice) -> None:
    """There is something to pay, or, by a credit note, less of it."""
    news = {**_invoice(invoice), "due_on": invoice.due_on.isoformat()}
    _tell(invoice.contract, "invoice.issued", news)


def tell_invoice_settled(invoice: Invoice) -> None:
    """Nothing of it is left to pay."""
    _tell(invoice.contract, "invoice.settled", _invoice(invoice))


def _tell(contract: Contract, event_type: str, news: dict[str, Any]) -> None:
    emit(contract.platform.organisation_id, event_type, news)


def _period(period: Period) -> dict[str, Any]:
    return {
        "period": period.pk,
        "contract": period.contract.code,
        "starts_on": period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        "url": address_of("period", pk=period.pk),
    }


def _invoice(invoice: Invoice) -> dict[str, Any]:
    return {
        "invoice": invoice.pk,
        "number": invoice.label,
        "contract": invoice.contract.code,
        "url": address_of("invoice", pk=invoice.pk),
    }
