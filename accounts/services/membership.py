"""Who belongs to an organisation: inviting, joining, changing roles, leaving.

An invitation is a secret in an e-mail: whoever opens it has the mailbox, and so is who was invited.
It is good once, for seven days, until it is taken back. The rows are the system's: an organisation
sees its own, and every change of them goes through here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Invitation, Membership, Organisation, User
from accounts.roles import Role
from accounts.services.news import tell_of_joining
from common.database import tenancy
from common.jobs.dispatch import enqueue

INVITE = "accounts.invite"
GOOD_FOR = timedelta(days=7)
MOST_OPEN = 100  # invitations of an organisation that nobody has answered
MAX_ATTEMPTS = 8
_SALT = "accounts.invitation"


class PeopleNotChanged(Exception):
    """Nothing was done; the message says why, for whoever asked."""


@dataclass(frozen=True)
class Opened:
    """What a link leads to: an invitation that can be accepted now."""

    invitation: Invitation
    account: User | None  # who signs in by its address already


def invite(
    *, organisation: Organisation, email: str, role: Role, by: User, as_of: datetime
) -> Invitation:
    """Invite somebody by e-mail; an open invitation of that address is replaced.

    Raises:
        PeopleNotChanged: they belong to it already, or too many are invited.
    """
    with tenancy.acting_as(tenancy.SYSTEM):
        if Membership.objects.filter(organisation=organisation, user__email__iexact=email).exists():
            raise PeopleNotChanged(
                _("%(email)s belongs to %(organisation)s already.")
                % {"email": email, "organisation": organisation}
            )
        still_open = open_invitations(organisation, as_of=as_of)
        if still_open.count() >= MOST_OPEN:
            raise PeopleNotChanged(
                _("Too many invitations are open; take some of them back first.")
            )
        still_open.filter(email__iexact=email).update(revoked_at=as_of)
        invitation = Invitation.objects.create(
            organisation=organisation,
            email=email,
            role=role,
            invited_by=by,
            expires_at=as_of + GOOD_FOR,
        )
        _mail(invitation)
        return invitation


def open_invitations(organisation: Organisation, *, as_of: datetime) -> QuerySet[Invitation]:
    """Those of an organisation that can still be accepted."""
    return Invitation.objects.filter(
        organisation=organisation, accepted_at=None, revoked_at=None, expires_at__gt=as_of
    ).order_by("pk")


def send_again(invitation: Invitation, *, as_of: datetime) -> None:
    """E-mail it once more, with a link that is good for seven days; the last link is void."""
    with tenancy.acting_as(tenancy.SYSTEM):
        fresh = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if fresh.accepted_at is not None or fresh.revoked_at is not None:
            raise PeopleNotChanged(_("It was accepted or taken back; nothing was sent."))
        fresh.sending += 1
        fresh.expires_at = as_of + GOOD_FOR
        fresh.save(update_fields=["sending", "expires_at"])
        _mail(fresh)


def revoke(invitation: Invitation, *, as_of: datetime) -> None:
    """Take it back: its link leads nowhere from now on."""
    with tenancy.acting_as(tenancy.SYSTEM):
        Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
            revoked_at=as_of
        )


def link_token(invitation: Invitation) -> str:
    """What stands in the e-mail's link."""
    return signing.dumps([str(invitation.pk), invitation.sending], salt=_SALT)


def opened(token: str, *, as_of: datetime) -> Opened | None:
    """What a link leads to; None if it was used, taken back, replaced, has expired or is forged."""
    try:
        pk, sending = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    with tenancy.acting_as(tenancy.SYSTEM):
        found = (
            Invitation.objects.filter(
                pk=pk, sending=sending, accepted_at=None, revoked_at=None, expires_at__gt=as_of
            )
            .select_related("organisation", "invited_by")
            .first()
        )
        if found is None:
            return None
        return Opened(found, User.objects.filter(email__iexact=found.email).first())


def accept(token: str, *, user: User, as_of: datetime) -> Membership:
    """Join, as whoever was invited; whoever belongs to it already keeps their role.

    Raises:
        PeopleNotChanged: the link leads nowhere any more, or was sent to somebody else.
    """
    with tenancy.acting_as(tenancy.SYSTEM):
        found = opened(token, as_of=as_of)
        if found is None:
            raise PeopleNotChanged(_("This invitation is not good any more. Ask for another one."))
        if found.invitation.email.casefold() != user.email.casefold():
            raise PeopleNotChanged(
                _(
                    "This invitation is for another address than %(email)s. Sign out, and open it "
                    "again as who it is for."
                )
                % {"email": user.email}
            )
        took = Invitation.objects.filter(
            pk=found.invitation.pk, accepted_at=None, revoked_at=None
        ).update(accepted_at=as_of, accepted_by=user)
        if not took:
            raise PeopleNotChanged(_("This invitation is not good any more. Ask for another one."))
        membership, is_new = Membership.objects.get_or_create(
            user=user,
            organisation=found.invitation.organisation,
            defaults={"role": found.invitation.role},
        )
        if is_new:
            tell_of_joining(membership)
        return membership


def join_as_new(token: str, *, name: str, password: str, as_of: datetime) -> Membership:
    """Make an account for the invited address, and join.

    Raises:
        PeopleNotChanged: see `accept`; or there is such an account already.
    """
    found = opened(token, as_of=as_of)
    if found is None:
        raise PeopleNotChanged(_("This invitation is not good any more. Ask for another one."))
    try:
        with tenancy.acting_as(tenancy.SYSTEM):
            user = User.objects.create_user(found.invitation.email, password, name=name)
            return accept(token, user=user, as_of=as_of)
    except IntegrityError:
        raise PeopleNotChanged(
            _("There is an account by this address: sign in to accept.")
        ) from None


def change_role(membership: Membership, *, role: Role) -> None:
    """Raises PeopleNotChanged where nobody would be an owner any more."""
    with _alone(membership):
        _keep_an_owner(membership, becomes=role)
        Membership.objects.filter(pk=membership.pk).update(role=role)


def remove(membership: Membership) -> None:
    """End a membership, of one's own or another's; at the next request they see nothing any more.

    Raises PeopleNotChanged where nobody would be an owner any more.
    """
    with _alone(membership):
        _keep_an_owner(membership, becomes=None)
        Membership.objects.filter(pk=membership.pk).delete()


@contextmanager
def _alone(membership: Membership) -> Iterator[None]:
    """A transaction in which nobody else changes the people of the same organisation."""
    with tenancy.acting_as(tenancy.SYSTEM):
        Organisation.objects.select_for_update().get(pk=membership.organisation_id)
        yield


def _keep_an_owner(membership: Membership, *, becomes: Role | None) -> None:
    owners = Membership.objects.filter(
        organisation=membership.organisation_id, role=Role.OWNER, user__is_active=True
    )
    is_one = owners.filter(pk=membership.pk).exists()
    if is_one and becomes != Role.OWNER and owners.count() == 1:
        raise PeopleNotChanged(
            _("An organisation has an owner: make somebody else one first, then this is possible.")
        )


def _mail(invitation: Invitation) -> None:
    payload = {"invitation": str(invitation.pk), "sending": invitation.sending}
    enqueue(INVITE, payload, max_attempts=MAX_ATTEMPTS)
