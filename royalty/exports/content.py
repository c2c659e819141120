"""What is in an export: one file of JSON lines for each kind of thing, and issued statements.

All columns are told as the database has them, but for what is nobody's to read: of bank accounts
and tax numbers the last four letters, and of tax forms that they were sent.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Membership, Organisation
from accounts.notices.models import Notice
from catalog.claims.models import Attachment as ClaimAttachment
from catalog.claims.models import Claim, Proof
from catalog.claims.models import Event as ClaimEvent
from catalog.models import Consent, Credit, Party, Share, Track, Work
from catalog.territories import Territory
from royalty.disputes.models import Attachment as DisputeAttachment
from royalty.disputes.models import Dispute
from royalty.disputes.models import Event as DisputeEvent
from royalty.models import (
    BankDetails,
    Entry,
    PayeeTax,
    PayeeTerms,
    Payout,
    PayoutPart,
    Statement,
    TaxForm,
    Withholding,
)
from royalty.selectors.statements import every_version_of

Row = dict[str, Any]
MASKED = {"iban", "tax_number"}
Parties = Sequence[Party]
ROWS: Mapping[str, Callable[[Organisation, Parties], QuerySet[Any, Any]]] = {
    "people": lambda who, _: Membership.objects.filter(organisation=who).values(
        "user__name", "user__email", "role", "created_at"
    ),
    "notices": lambda who, _: Notice.objects.filter(organisation=who).values(),
    "parties": lambda _, own: Party.objects.filter(pk__in=_ids(own)).values(),
    "shares": lambda _, own: Share.objects.filter(party__in=own).values(),
    "credits": lambda _, own: Credit.objects.filter(party__in=own).values(),
    "works": lambda _, own: (
        Work.objects.filter(Q(shares__party__in=own) | Q(tracks__shares__party__in=own))
        .distinct()
        .values()
    ),
    "tracks": lambda _, own: _tracks(own).values(),
    "consents": lambda _, own: Consent.objects.filter(track__in=_tracks(own)).values(),
    "claims": lambda who, _: Claim.objects.filter(organisation=who).values(),
    "claim_events": lambda who, _: ClaimEvent.objects.filter(claim__organisation=who).values(),
    "disputes": lambda _, own: Dispute.objects.filter(party__in=own).values(),
    "dispute_events": lambda _, own: DisputeEvent.objects.filter(dispute__party__in=own).values(),
    "statements": lambda _, own: every_version_of(own).values(
        *[field.attname for field in Statement._meta.concrete_fields],
        "period__starts_on",
        "period__ends_on",
        "period__contract__code",
    ),
    "bookings": lambda _, own: Entry.objects.filter(account__party__in=own).values(
        *("journal_id", "journal__kind", "journal__posted_on", "journal__memo"),
        *("account__kind", "account__contract__code", "side", "amount_atoms", "currency"),
    ),
    "payments": lambda _, own: Payout.objects.filter(party__in=own).values(),
    "payment_parts": lambda _, own: PayoutPart.objects.filter(payout__party__in=own).values(),
    "payee_terms": lambda _, own: PayeeTerms.objects.filter(party__in=own).values(),
    "withholding": lambda _, own: Withholding.objects.filter(party__in=own).values(),
    "bank_details": lambda _, own: BankDetails.objects.filter(party__in=own).values(),
    "tax_forms": lambda _, own: TaxForm.objects.filter(party__in=own).values(),
    "tax_details": lambda _, own: PayeeTax.objects.filter(party__in=own).values(),
}


def rows_of(kind: str, organisation: Organisation, parties: Parties) -> Iterator[Row]:
    """The things of a kind, as they are told."""
    for row in ROWS[kind](organisation, parties).order_by("pk").iterator():
        yield {name: _told(name, value) for name, value in row.items()}


def proofs_of(organisation: Organisation, parties: Parties) -> Iterator[Proof]:
    """The files that were sent with claims and with objections.

    Not tax forms: they name the whole tax number, and whoever gets into an account would have it.
    """
    yield from ClaimAttachment.objects.filter(event__claim__organisation=organisation).order_by(
        "pk"
    )
    yield from DisputeAttachment.objects.filter(event__dispute__party__in=parties).order_by("pk")


def _told(name: str, value: Any) -> Any:
    if name in MASKED:
        return f"… {value[-4:]}" if len(value) > 4 else ""
    return str(value) if isinstance(value, Territory) else value


def _ids(parties: Parties) -> list[int]:
    return [party.pk for party in parties]


def _tracks(parties: Parties) -> QuerySet[Track]:
    own = Q(shares__party__in=parties) | Q(work__shares__party__in=parties)
    return Track.objects.filter(own).distinct()
