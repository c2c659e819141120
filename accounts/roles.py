"""What members of an organisation may do, by their role (docs/decisions/0012-people.md).

A role is of a membership, so that one person may be an owner here and only look on there. Four are
enough for every kind of organisation: what differs between kinds is which pages there are. Roles
guard what people do; what they see is guarded by the database, for the organisation as a whole.
"""

from collections.abc import Mapping

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody is for an organisation."""

    OWNER = "owner", _("owner")
    ACCOUNTANT = "accountant", _("accountant")
    MANAGER = "manager", _("manager")
    VIEWER = "viewer", _("viewer")


class Act(models.TextChoices):
    """What may be done for an organisation beyond reading."""

    PEOPLE = "people", _("invite people, change their roles, let others act for the organisation")
    MONEY = "money", _("payment and tax details, approvals, payouts, closing a period")
    RIGHTS = "rights", _("claims, disputes, consent, deliveries, changes of the catalogue")
    PROGRAMS = "programs", _("keys, webhooks, and what else programs use")


RIGHTS: Mapping[str, frozenset[Act]] = {
    Role.OWNER: frozenset(Act),
    Role.ACCOUNTANT: frozenset({Act.MONEY}),
    Role.MANAGER: frozenset({Act.RIGHTS, Act.PROGRAMS}),
    Role.VIEWER: frozenset(),
}
REFUSALS = {
    Act.PEOPLE: _("Only an owner of this organisation does that. Ask one of them."),
    Act.MONEY: _("Only an owner or an accountant of this organisation does that. Ask one of them."),
    Act.RIGHTS: _("Only an owner or a manager of this organisation does that. Ask one of them."),
    Act.PROGRAMS: _("Only an owner or a manager of this organisation does that. Ask one of them."),
}


def may(request: HttpRequest, act: Act) -> bool:
    """Whether the person of a request may do this for the organisation that they act for."""
    acts: frozenset[Act] = getattr(request, "acts", frozenset())
    return act in acts
