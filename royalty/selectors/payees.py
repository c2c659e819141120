"""What holds for payees on a day: their terms, what is withheld, where their money goes."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Q
from django.utils import timezone

from catalog.models import Party
from royalty.models import BankDetails, PayeeTax, PayeeTerms, PayingAccount, TaxForm, Withholding


def terms_of(parties: Collection[Party], code: str, day: date) -> Mapping[int, PayeeTerms]:
    """The terms in a currency that hold on a day.  {party pk: terms}"""
    rows = PayeeTerms.objects.filter(holds_on(day), party__in=parties, currency=code)
    return {row.party_id: row for row in rows}


def withholdings_of(parties: Collection[Party], day: date) -> Mapping[int, Withholding]:
    """The rates of withholding that hold on a day; nothing is withheld from who has none."""
    rows = Withholding.objects.filter(holds_on(day), party__in=parties)
    return {row.party_id: row for row in rows}


def bank_details_of(parties: Collection[Party]) -> Mapping[int, BankDetails]:
    """The bank details that count now, of each party that has any."""
    count = Q(counts_from=None) | Q(counts_from__lte=timezone.now())
    rows = BankDetails.objects.filter(count, party__in=parties, taken_back=None)
    rows = rows.order_by("party_id", "-pk")
    return {row.party_id: row for row in rows.distinct("party_id")}


def waiting_bank_details_of(parties: Collection[Party]) -> Mapping[int, BankDetails]:
    """The newest bank details of each party that do not count yet."""
    rows = BankDetails.objects.filter(
        counts_from__gt=timezone.now(), party__in=parties, taken_back=None
    )
    rows = rows.select_related("entered_by").order_by("party_id", "-pk")
    return {row.party_id: row for row in rows.distinct("party_id")}


def tax_details_of(parties: Collection[Party]) -> Mapping[int, PayeeTax]:
    """What each party said last of itself for taxes."""
    rows = PayeeTax.objects.filter(party__in=parties).order_by("party_id", "-pk")
    return {row.party_id: row for row in rows.distinct("party_id")}


def tax_forms_of(parties: Collection[Party]) -> Mapping[int, TaxForm]:
    """The tax form that each party sent last."""
    rows = TaxForm.objects.filter(party__in=parties).order_by("party_id", "-created_at", "-pk")
    return {row.party_id: row for row in rows.distinct("party_id")}


def paying_account(code: str) -> PayingAccount | None:
    """The catalogue's newest account in a currency."""
    return PayingAccount.objects.filter(currency=code).order_by("-pk").first()


def holds_on(day: date) -> Q:
    """Rows with an agreement that holds on a day."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day))
