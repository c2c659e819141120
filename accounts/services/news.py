"""Telling people what happened to their own account, and to who acts for their organisation."""

from django.utils.translation import gettext as _

from accounts.models import Delegation, Membership, User
from accounts.notices.models import Kind
from accounts.notices.services import notify
from accounts.roles import Role
from common.database import tenancy


def tell_of_joining(membership: Membership) -> None:
    """The owners learn that whoever was invited is there now."""
    owners = User.objects.filter(
        memberships__organisation=membership.organisation, memberships__role=Role.OWNER
    )
    person, organisation = str(membership.user), str(membership.organisation)

    def sentence() -> str:
        said = _("%(person)s accepted the invitation and belongs to %(organisation)s now.")
        return said % {"person": person, "organisation": organisation}

    notify(
        Kind.SECURITY,
        [membership.organisation_id],
        sentence,
        "/team/",
        but=membership.user,
        only=list(owners),
    )


def tell_of_grant(delegation: Delegation, by: User) -> None:
    """The people of both sides learn that one may act for the other."""
    names = _names(delegation)

    def sentence() -> str:
        return _("%(organisation)s lets %(delegate)s act for it.") % names

    notify(Kind.SECURITY, _sides(delegation), sentence, "/team/", but=by)


def tell_of_end(delegation: Delegation, by: User) -> None:
    """The people of both sides learn that this is over."""
    names = _names(delegation)

    def sentence() -> str:
        return _("%(delegate)s does not act for %(organisation)s any more.") % names

    notify(Kind.SECURITY, _sides(delegation), sentence, "/team/", but=by)


def _sides(delegation: Delegation) -> list[int]:
    return [delegation.organisation_id, delegation.delegate_id]


def _names(delegation: Delegation) -> dict[str, str]:
    with tenancy.acting_as(tenancy.SYSTEM):  # neither side sees the other's row
        return {
            "organisation": str(delegation.organisation),
            "delegate": str(delegation.delegate),
        }
