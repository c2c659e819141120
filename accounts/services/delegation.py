"""One organisation acts for another: granted by an owner, seen by both, ended at once by either.

The database asks for the grant at each query (`tenant_organisation()`), so that whoever acts under
one sees nothing more from the moment at which it ends, whatever their session says.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Delegation, Organisation, User
from accounts.roles import Act
from accounts.services.membership import PeopleNotChanged
from accounts.services.news import tell_of_end, tell_of_grant
from common.database import tenancy

# Who acts for another does not decide who else does.
GRANTED = (Act.RIGHTS, Act.MONEY)


def grant(
    *,
    organisation: Organisation,
    delegate: Organisation,
    acts: Collection[Act],
    starts_at: datetime,
    ends_at: datetime | None,
    by: User,
) -> Delegation:
    """Let `delegate` see what `organisation` sees, and do what `acts` say; both are told.

    Raises:
        PeopleNotChanged: one of them is no rights holder, the dates are the wrong way round, there
            is such a grant already, or `acts` has one that cannot be granted.
    """
    if {organisation.kind, delegate.kind} != {Organisation.Kind.RIGHTS_HOLDER}:
        raise PeopleNotChanged(_("Rights holders act for one another, and for nobody else."))
    if organisation.pk == delegate.pk:
        raise PeopleNotChanged(_("It acts for itself already."))
    if ends_at is not None and ends_at <= starts_at:
        raise PeopleNotChanged(_("It must end after it begins."))
    if not set(acts) <= set(GRANTED):
        raise PeopleNotChanged(_("That cannot be left to another organisation."))
    try:
        with tenancy.acting_as(tenancy.SYSTEM), transaction.atomic():
            made = Delegation.objects.create(
                organisation=organisation,
                delegate=delegate,
                acts=sorted(set(acts)),
                starts_at=starts_at,
                ends_at=ends_at,
                made_by=by,
            )
    except IntegrityError:
        raise PeopleNotChanged(
            _("%(delegate)s acts for you already; end that first to change it.")
            % {"delegate": delegate}
        ) from None
    tell_of_grant(made, by)
    return made


def end(delegation: Delegation, *, by: User, as_of: datetime) -> None:
    """End it at once, and tell both sides; one that has ended keeps its moment."""
    with tenancy.acting_as(tenancy.SYSTEM):
        ended = Delegation.objects.filter(pk=delegation.pk, revoked_at=None)
        if ended.update(revoked_at=as_of):
            tell_of_end(delegation, by)
