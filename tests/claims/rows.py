"""Rows of claims for tests of what is shown to whom, without what services would do beside them."""

from datetime import date

from accounts.models import Organisation, User
from catalog.claims.models import Attachment, Claim, Conflict, Event, Proposal
from catalog.models import Party, Right, Role, Work

SINCE = date(2026, 1, 1)


def filed_claim(work: Work, party: Party, organisation: Organisation, by: User) -> Claim:
    """A claim that waits, with its first event."""
    claim = _claim(work, party, organisation, by)
    _event("filed", claim, by)
    return claim


def contested_claim(
    work: Work, party: Party, organisation: Organisation, by: User, *others: Party
) -> Claim:
    """A claim in a conflict with others, a proposal, a document and an e-mail about it."""
    conflict = Conflict.objects.create(
        right=Right.COMPOSITION,
        work=work,
        title=work.title,
        valid_from=SINCE,
        party_ids=[party.pk, *(each.pk for each in others)],
    )
    claim = _claim(work, party, organisation, by, status="contested", conflict=conflict)
    event = _event("contested", claim, by)
    Attachment.objects.create(
        event=event, name="a.pdf", media_type="application/pdf", sha256="a" * 64, size_bytes=1
    )
    Proposal.objects.create(
        conflict=conflict,
        number=1,
        organisation=organisation,
        side=party.name,
        begins_on=SINCE,
        split=[],
        shares_sha256="0" * 64,
    )
    return claim


def _claim(work: Work, party: Party, organisation: Organisation, by: User, **more: object) -> Claim:
    return Claim.objects.create(
        right=Right.COMPOSITION,
        work=work,
        title=work.title,
        valid_from=SINCE,
        organisation=organisation,
        filed_by=by,
        party=party,
        party_name=party.name,
        role=Role.LYRICIST,
        share_ppm=400_000,
        basis="asked",
        **more,
    )


def _event(kind: str, claim: Claim, by: User) -> Event:
    return Event.objects.create(
        kind=kind,
        claim=claim,
        conflict=claim.conflict,
        by=by,
        organisation=claim.organisation,
        side=claim.party_name,
        words=claim.basis,
    )
