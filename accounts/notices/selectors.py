"""Reading notices: a person's own, for the organisation that they act for."""

from collections.abc import Iterable

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Organisation, User
from accounts.notices.models import MailedOff, Notice


def notices_of(user: User, organisation: Organisation) -> QuerySet[Notice]:
    """What a person was told for an organisation, the newest first."""
    return Notice.objects.filter(user=user, organisation=organisation).order_by("-pk")


def unread_of_membership() -> Coalesce:
    """How many notices are unread, as a column beside memberships."""
    unread = (
        Notice.objects.filter(
            user=OuterRef("user"), organisation=OuterRef("organisation"), read_at=None
        )
        .order_by()
        .values("user")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Coalesce(Subquery(unread, output_field=IntegerField()), 0)


def kinds_off(user: User) -> set[str]:
    """Of which kinds a person wants no e-mails."""
    return set(MailedOff.objects.filter(user=user).values_list("kind", flat=True))


def unmailed(users: Iterable[User], kind: str) -> set[int]:
    """Who among some people wants no e-mails of a kind, by primary key."""
    off = MailedOff.objects.filter(user__in=list(users), kind=kind)
    return set(off.values_list("user_id", flat=True))
