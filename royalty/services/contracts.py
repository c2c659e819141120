"""Contracts: agreed once, kept as they are."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.models import Platform
from common import money
from royalty.apportionment import WHOLE_PPM
from royalty.models import Contract
from royalty.models.contracts import (
    HOLDING_MONTHS,
    PAYMENT_DAYS,
    PERIOD_MONTHS,
    REPORTING_DAYS,
    UnverifiedFeatures,
)


class ContractError(Exception):
    """Terms that cannot be agreed; the message says why."""


@dataclass(frozen=True)
class Terms:
    """What is agreed: for which service, shared by which rule, after which commission.

    `composition_ppm` is the composition's part of each track's money, the rest the recording's.
    `model_parameters` are those that the allocation model asks for, such as a blend's alpha_ppm.
    `country` is where the licence is granted, so that who owns what there is paid.
    """

    service: str
    allocation_model: str
    commission_ppm: int
    fallback: str
    idle_subscribers: str
    currency: str = "EUR"
    country: str = ""
    composition_ppm: int = WHOLE_PPM
    model_parameters: Mapping[str, int] = field(default_factory=dict)
    holding_months: int = HOLDING_MONTHS
    guarantee_minor: int = 0
    unverified_features: str = UnverifiedFeatures.HOLD.value
    most_favoured: bool = False
    period_months: int = PERIOD_MONTHS
    reporting_days: int = REPORTING_DAYS
    payment_days: int = PAYMENT_DAYS
    vat_ppm: int = 0
    pays_before_collection: bool = False


def sign_contract(
    *,
    platform: Platform,
    code: str,
    name: str,
    terms: Terms,
    valid_from: date,
    valid_until: date | None = None,
) -> Contract:
    """Agree a contract; the same terms under the same code again return what was agreed.

    Raises:
        ContractError: unknown words, parameters that the model does not ask for, a service that
            has a contract on some of these days, or a code that stands for other terms. Terms do
            not change: end one contract, begin another.
    """
    agreed = asdict(terms) | {
        "platform": platform,
        "name": name,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    existing = Contract.objects.filter(code=code).first()
    if existing is not None:
        return _same_terms(existing, agreed)
    contract = Contract(code=code, **agreed)
    try:
        money.currency(terms.currency)
        contract.full_clean()
    except money.MoneyError as error:
        raise ContractError(f"{code} cannot be agreed: {error}.") from error
    except ValidationError as error:
        raise ContractError(f"{code} cannot be agreed: {_sentences(error)}") from error
    contract.save()
    return contract


def _same_terms(existing: Contract, terms: dict[str, object]) -> Contract:
    changed = [name for name, value in terms.items() if getattr(existing, name) != value]
    if changed:
        raise ContractError(
            f"{existing.code} exists with another {', '.join(changed)}. Terms do not change: "
            "end that contract and agree a new one under a new code."
        )
    return existing


def _sentences(error: ValidationError) -> str:
    return " ".join(
        f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()
    )


@transaction.atomic
def replace_contract(
    *, ended: Contract, code: str, name: str, terms: Terms, valid_from: date
) -> Contract:
    """End a contract and begin another on that day, both or neither.

    Raises:
        ContractError: as `sign_contract`, or the old one has an end already, begins later, or has
            a period that reaches beyond the day.
    """
    locked = Contract.objects.select_for_update(no_key=True).get(pk=ended.pk)
    if locked.valid_until is not None:
        raise ContractError(f"{locked} has an end already, {locked.valid_until}.")
    if valid_from <= locked.valid_from:
        raise ContractError(f"{locked} begins on {locked.valid_from}; what follows begins later.")
    beyond = locked.periods.filter(ends_on__gt=valid_from).order_by("starts_on").first()
    if beyond is not None:
        raise ContractError(
            f"{beyond} lasts until {beyond.last_day}; begin the new terms on {beyond.ends_on} or "
            "later."
        )
    locked.valid_until = valid_from
    locked.save(update_fields=["valid_until"])
    return sign_contract(
        platform=locked.platform, code=code, name=name, terms=terms, valid_from=valid_from
    )
