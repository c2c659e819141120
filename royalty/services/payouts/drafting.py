"""Drafting a batch: what is proposed is written down, with the reasons for what is not."""

from calendar import monthrange
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from common.money import currency
from royalty.apportionment.payout_waterfall import Settlement
from royalty.models import Contract, Payout, PayoutBatch, PayoutPart
from royalty.selectors.most_favoured import currency_breaches
from royalty.selectors.payee_vat import VatLine, vat_line
from royalty.selectors.payees import paying_account
from royalty.selectors.payouts import Proposal, propose
from royalty.services.payouts.errors import PayoutError

MOST_REASONS = 3  # in a refusal


@transaction.atomic
def draft_batch(
    *, code: str, user: User | None, as_of: datetime, execution_date: date | None = None
) -> PayoutBatch:
    """Draft the payouts of everybody who can be paid in a currency; nothing is posted yet.

    The journals will be dated on the day of `as_of`, and banks are asked to pay on
    `execution_date` (the same day if it is not named). Who is not paid stands in the notes. Without
    a user it is the calendar's draft.

    Raises:
        PayoutError: nobody can be paid, or there is no account to pay from.
        MoneyError: a currency that is not known.
    """
    day = as_of.date()
    execution_date = execution_date or day
    if execution_date < day:
        raise PayoutError(f"Banks do not pay on {execution_date}, which is before {day}.")
    proposals = propose(currency(code).code, day)
    notes = [note for each in proposals for note in (*each.notes, each.refusal) if note]
    notes += currency_breaches(code, day)
    account = paying_account(code)
    if account is None:
        raise PayoutError(f"There is no account from which {code} is paid; enter one.")
    accepted = [each for each in proposals if each.settlements and not each.refusal]
    if not accepted:
        raise PayoutError(_nobody(notes))
    batch = PayoutBatch.objects.create(
        currency=code,
        posted_on=day,
        execution_date=execution_date,
        paying_account=account,
        notes=notes,
        made_by=user,
        made_at=as_of,
    )
    _write(batch, accepted)
    return batch


def _nobody(notes: list[str]) -> str:
    """Why there is no batch, by its first reasons: a message holds three, and there are thousands.

    All of them stand on the page of those who are not paid.
    """
    more = len(notes) - MOST_REASONS
    rest = [f"So it is for {more:,} more; see who is not paid."] if more > 0 else []
    return " ".join(["Nobody can be paid.", *notes[:MOST_REASONS], *rest])


def _write(batch: PayoutBatch, proposals: list[Proposal]) -> None:
    unit_atoms = batch.money.atoms_per_minor
    payouts = Payout.objects.bulk_create([_payout(batch, each) for each in proposals])
    contracts = Contract.objects.filter(currency=batch.currency).in_bulk(field_name="code")
    PayoutPart.objects.bulk_create(
        PayoutPart(
            payout=payout,
            contract=contracts[settlement.contract],
            **part_columns(
                settlement,
                _reserve_until(proposal, batch.posted_on),
                vat_line(settlement, proposal.vat, unit_atoms),
            ),
        )
        for payout, proposal in zip(payouts, proposals, strict=True)
        for settlement in proposal.settlements
    )


def _payout(batch: PayoutBatch, proposal: Proposal) -> Payout:
    is_payment = proposal.payable_atoms > 0
    unit_atoms = batch.money.atoms_per_minor
    taxes = (vat_line(each, proposal.vat, unit_atoms) for each in proposal.settlements)
    vat_atoms = sum(line.atoms for line in taxes if line is not None)
    return Payout(
        batch=batch,
        party=proposal.party,
        bank_details=proposal.bank_details if is_payment else None,
        payable_atoms=proposal.payable_atoms + vat_atoms,
        withholding_document=proposal.withholding_document,
        status=Payout.Status.PENDING if is_payment else Payout.Status.OFFSET,
    )


def part_columns(
    settlement: Settlement, reserve_until: date, vat: VatLine | None
) -> dict[str, Any]:
    """A settlement as the columns of a part, for writing it and for comparing it."""
    vat_atoms = 0 if vat is None else vat.atoms
    taxed = [{"rule": "vat", **asdict(vat), "contract": settlement.contract}] if vat else []
    return {
        "gross_atoms": settlement.gross_atoms,
        "released_atoms": settlement.total_atoms("release"),
        "fee_atoms": settlement.total_atoms("fee"),
        "reserve_atoms": settlement.total_atoms("reserve"),
        "reserve_until": reserve_until,
        "recoupment_atoms": settlement.total_atoms("recoupment"),
        "withholding_atoms": settlement.total_atoms("withholding"),
        "vat_atoms": vat_atoms,
        "payable_atoms": settlement.payable_atoms + vat_atoms,
        "deductions": [*(asdict(line) for line in settlement.deductions), *taxed],
    }


def _reserve_until(proposal: Proposal, day: date) -> date:
    return months_after(day, 0 if proposal.terms is None else proposal.terms.reserve_months)


def months_after(day: date, months: int) -> date:
    """The same day some months on, or the last of a month that is too short for it."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@transaction.atomic
def refuse_stale(batch: PayoutBatch) -> None:
    """Raise PayoutError unless the batch still says what the books and terms would propose now.

    Needs the books to be locked, so that what is compared is what will be posted upon.
    """
    payouts = batch.payouts.select_related("party").prefetch_related("parts__contract")
    drafted = {payout.party_id: payout for payout in payouts}
    fresh = {
        each.party.pk: each for each in propose(batch.currency, batch.posted_on, drafted.keys())
    }
    for party, payout in drafted.items():
        proposal = fresh.get(party)
        if proposal is None or proposal.refusal or _said(payout) != _says(proposal, batch):
            now = "" if proposal is None or not proposal.refusal else f" {proposal.refusal}"
            raise PayoutError(
                f"What {payout.party} is paid in {batch} is not what the books, terms and bank "
                f"details give now.{now} Discard the batch and draft again."
            )


def _said(payout: Payout) -> object:
    """What a draft says, in a form that compares."""
    columns = part_columns(Settlement("", 0, (), 0, 0), date.min, None)
    parts = {
        part.contract.code: {name: getattr(part, name) for name in columns}
        for part in payout.parts.all()
    }
    return payout.bank_details_id, payout.withholding_document, parts


def _says(proposal: Proposal, batch: PayoutBatch) -> object:
    """What the same draft would say if it was made now."""
    details = proposal.bank_details if proposal.payable_atoms else None
    until, unit_atoms = _reserve_until(proposal, batch.posted_on), batch.money.atoms_per_minor
    parts = {
        each.contract: part_columns(each, until, vat_line(each, proposal.vat, unit_atoms))
        for each in proposal.settlements
    }
    return details.pk if details else None, proposal.withholding_document, parts
