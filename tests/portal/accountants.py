"""The operator's people around a month, and somebody of each other kind."""

from dataclasses import dataclass

from django.test import Client

from accounts.models import Membership, Organisation
from tests.portal.people import signed_in

KINDS = Organisation.Kind


@dataclass(frozen=True)
class Office:
    """Two accountants and one who only looks on; a rights holder's and a platform's person."""

    olga: Client
    otto: Client
    vera: Client
    rita: Client
    paul: Client


def office_of_operator() -> Office:
    operator = Organisation.objects.create(name="The operator", kind=KINDS.OPERATOR)
    holder = Organisation.objects.create(name="Rita's", kind=KINDS.RIGHTS_HOLDER)
    platform = Organisation.objects.create(name="Paul's", kind=KINDS.PLATFORM)
    people = Office(
        olga=signed_in("olga@example.org", operator),
        otto=signed_in("otto@example.org", operator),
        vera=signed_in("vera@example.org", operator),
        rita=signed_in("rita@example.org", holder),
        paul=signed_in("paul@example.org", platform),
    )
    Membership.objects.filter(user__email="vera@example.org").update(role="viewer")
    return people
