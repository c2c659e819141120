"""Payouts as payees are told of them: the advice of each, and the summary of a year."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Q, Sum

from common.money import currency
from royalty.documents import Scale
from royalty.documents.remittance import Advice, AdviceLine, PayeeYear
from royalty.models import Payout, PayoutBatch, PayoutPart

AMOUNTS = ("gross", "released", "fee", "reserve", "recoupment", "withholding", "vat", "payable")
ADDED = ("release", "vat")  # rules that add to what is paid


def advices_of(batch: PayoutBatch) -> Iterator[Advice]:
    """What each payee of a batch is told, by the order of the payments."""
    payouts = batch.payouts.select_related("batch", "party", "bank_details").order_by("pk")
    for payout in payouts.prefetch_related("parts__contract"):
        yield advice_of(payout)


def advice_of(payout: Payout) -> Advice:
    """What a payee is told of a payout."""
    parts = sorted(payout.parts.all(), key=lambda part: part.contract.code)
    return Advice(
        payment_id=payout.end_to_end_id,
        payee=payout.party.name,
        payee_ref=payout.party.ref,
        account=payout.bank_details.masked_iban if payout.bank_details else "",
        posted_on=payout.batch.posted_on,
        execution_date=payout.batch.execution_date,
        status=payout.get_status_display(),
        scale=_scale(payout.batch.currency),
        lines=tuple(line for part in parts for line in _lines(part)),
        paid_atoms=payout.payable_atoms,
        document=payout.withholding_document,
    )


def _lines(part: PayoutPart) -> Iterator[AdviceLine]:
    code = part.contract.code
    yield AdviceLine(code, "gross", part.gross_atoms, None, part.gross_atoms)
    for line in part.deductions:
        is_advance = line["rule"] == "recoupment"
        yield AdviceLine(
            contract=code,
            rule=line["rule"],
            base_atoms=line["base_atoms"],
            rate_ppm=line["rate_ppm"],
            atoms=line["atoms"] if line["rule"] in ADDED else -line["atoms"],
            advance_of=line["contract"] if is_advance else "",
        )


def summaries_of(year: int) -> list[PayeeYear]:
    """What each payee was paid in a year and what was kept back, by the payee's ref.

    A payment belongs to the year in which the bank paid it; one that advances took whole, to the
    year of its journals. What is on its way or came back is not in it.
    """
    within = (date(year, 1, 1), date(year, 12, 31))
    settled = Q(payout__status=Payout.Status.PAID, payout__settled_on__range=within) | Q(
        payout__status=Payout.Status.OFFSET,
        payout__batch__posted_on__range=within,
        payout__batch__approved_at__isnull=False,
    )
    rows = (
        PayoutPart.objects.filter(settled)
        .values_list("payout__party__ref", "payout__party__name", "contract__currency")
        .annotate(*(Sum(f"{name}_atoms") for name in AMOUNTS))
        .order_by("payout__party__ref", "contract__currency")
    )
    return [
        _summary(year, (ref, name, code), map(int, sums), settled)
        for ref, name, code, *sums in rows
    ]


def _summary(
    year: int, payee: tuple[str, str, str], sums_atoms: Iterable[int], settled: Q
) -> PayeeYear:
    """The sums in the order of `AMOUNTS`, with the payments and the documents behind them."""
    ref, name, code = payee
    gross, released, fee, reserve, recoupment, withholding, vat, payable = sums_atoms
    whose = PayoutPart.objects.filter(settled, payout__party__ref=ref, contract__currency=code)
    payouts = Payout.objects.filter(parts__in=whose).distinct()
    documents = payouts.exclude(withholding_document="").order_by("withholding_document")
    return PayeeYear(
        year=year,
        payee=name,
        payee_ref=ref,
        scale=_scale(code),
        n_payments=payouts.filter(status=Payout.Status.PAID).count(),
        gross_atoms=gross,
        released_atoms=released,
        fee_atoms=fee,
        reserve_atoms=reserve,
        recoupment_atoms=recoupment,
        withholding_atoms=withholding,
        vat_atoms=vat,
        paid_atoms=payable,
        documents=tuple(dict.fromkeys(documents.values_list("withholding_document", flat=True))),
    )


def _scale(code: str) -> Scale:
    money = currency(code)
    return Scale(code, money.decimals, money.atoms_per_minor)
