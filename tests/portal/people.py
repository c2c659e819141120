"""The portal's cast around the worked example: who signs in, and for whom.

Ada looks after party A and after nobody else; Bea after B; Cleo after A and C together, and Bea's
organisation too. Pia belongs to the platform, Oda to the operator, Nils to nobody.
"""

from dataclasses import dataclass

from django.test import Client

from accounts.models import Membership, Organisation, User
from catalog.models import Representation
from royalty.models import Statement
from royalty.selectors.statement_lines import NumberedLine, lines_of
from tests.royalty.cast import World

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "correct horse battery staple"
KINDS = Organisation.Kind


@dataclass(frozen=True)
class People:
    """Clients of a browser each, signed in; `nobody` is not."""

    ada: Client
    bea: Client
    cleo: Client
    pia: Client
    oda: Client
    nils: Client
    nobody: Client


def gather(world: World) -> People:
    """Everybody, signed in."""
    of_a = holder(world, "Ada's", "A")
    of_both = holder(world, "Cleo's", "A", "C")
    of_b = holder(world, "Bea's", "B")
    platform = Organisation.objects.create(name="Acme people", kind=KINDS.PLATFORM)
    world.platform.organisation = platform
    world.platform.save()
    operator = Organisation.objects.create(name="The operator", kind=KINDS.OPERATOR)
    return People(
        ada=signed_in("ada@example.org", of_a),
        bea=signed_in("bea@example.org", of_b),
        cleo=signed_in("cleo@example.org", of_both, of_b),
        pia=signed_in("pia@example.org", platform),
        oda=signed_in("oda@example.org", operator),
        nils=signed_in("nils@example.org"),
        nobody=Client(),
    )


def holder(world: World, name: str, *parties: str) -> Organisation:
    organisation = Organisation.objects.create(name=name, kind=KINDS.RIGHTS_HOLDER)
    for ref in parties:
        Representation.objects.create(organisation=organisation, party=world.parties[ref])
    return organisation


def user(email: str, *organisations: Organisation) -> User:
    person = User.objects.create_user(email, PASSWORD, name=email.partition("@")[0].title())
    for organisation in organisations:
        Membership.objects.create(user=person, organisation=organisation)
    return person


def signed_in(email: str, *organisations: Organisation) -> Client:
    client = Client()
    client.force_login(user(email, *organisations), backend=BACKEND)
    return client


def statement_of(ref: str) -> Statement:
    return Statement.objects.select_related("party", "run__period__contract__platform").get(
        party__ref=ref
    )


def all_lines(statement: Statement) -> list[NumberedLine]:
    return list(lines_of(statement))


def text(response) -> str:
    """What a page says, tags left out, spaces single; 0.00<b>84</b> is 0.0084."""
    import html
    import re

    body = re.sub(r"(?s)<(head|script|style)\b.*?</\1>", " ", response.content.decode())
    inline = re.sub(r"</?(span|bdi|small|strong|b|a)\b[^>]*>", "", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inline)).split())
