"""What is still a draft, whom publishing would tell, and who was told."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Membership, Organisation, User
from catalog.models import Party, Representation
from royalty.models import Notice, Period, Statement


@dataclass(frozen=True)
class Consequence:
    """What publishing a period's drafts would do."""

    statements: int
    payable_atoms: int  # what the drafts say that their payees are owed, together
    unrendered: int
    people: int  # who get an e-mail
    untold: tuple[Party, ...]  # parties for whom nobody signs in

    @property
    def people_words(self) -> str:
        """How many people are: the beginning of a sentence."""
        return "1 person is" if self.people == 1 else f"{self.people:,} people are"


def published_to(parties: Collection[Party]) -> QuerySet[Statement]:
    """The parties' statements that they may read: no drafts."""
    return Statement.objects.filter(party__in=parties, publication__isnull=False)


def drafts_of(period: Period) -> QuerySet[Statement]:
    """The period's statements that payees do not see yet."""
    return period.statements.filter(publication__isnull=True)


def unpublished_periods(code: str) -> list[Period]:
    """Closed periods in a currency with statements that payees do not see yet."""
    drafts = Statement.objects.filter(currency=code, publication__isnull=True)
    periods = Period.objects.filter(pk__in=drafts.values("period"))
    return list(periods.select_related("contract").order_by("starts_on", "pk"))


def consequence_of(period: Period) -> Consequence:
    """What publishing would do now: shown before a person decides."""
    drafts = list(drafts_of(period).select_related("party"))
    recipients = recipients_of({draft.party_id for draft in drafts})
    told = {party for parties in recipients.values() for party in parties}
    untold = {draft.party for draft in drafts if draft.party_id not in told}
    return Consequence(
        statements=len(drafts),
        payable_atoms=sum(draft.closing_atoms for draft in drafts),
        unrendered=sum(draft.rendered_at is None for draft in drafts),
        people=len(recipients),
        untold=tuple(sorted(untold, key=lambda party: party.ref)),
    )


def recipients_of(parties: Collection[int]) -> dict[User, set[int]]:
    """Whoever may act for the parties, given by primary key, and for which of them."""
    acting = Representation.objects.filter(
        party__in=parties, organisation__kind=Organisation.Kind.RIGHTS_HOLDER
    ).values_list("organisation_id", "party_id")
    parties_of: dict[int, set[int]] = {}
    for organisation, party in acting:
        parties_of.setdefault(organisation, set()).add(party)
    members = Membership.objects.filter(organisation__in=parties_of, user__is_active=True)
    found: dict[User, set[int]] = {}
    for member in members.select_related("user").order_by("user_id", "pk"):
        found.setdefault(member.user, set()).update(parties_of[member.organisation_id])
    return found


def notices_of(period: Period) -> QuerySet[Notice]:
    """Everybody who was or is to be told of the period's statements, failures first."""
    notices = Notice.objects.filter(publication__period=period)
    return notices.select_related("user", "publication__period__contract").order_by(
        "sent_at", "address", "pk"
    )
