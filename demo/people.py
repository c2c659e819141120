"""The people of the demo: for whom they act, what they show, and how they sign in.

They are made once and kept. Their passwords, and a platform's key, stand in one file (see
`passwords.py`); the database has their hashes. What no longer works is replaced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from accounts.models import ApiKey, Membership, Organisation, Scope, User
from accounts.services.admission import KeyRefused, find_key
from accounts.services.keys import create_key, has_ended, revoke_key
from catalog.models import Party, Platform, Representation, Role, Share
from demo import passwords
from demo.accounting import ACCOUNTANT, REVIEWER, Books
from demo.passwords import Entry
from royalty.models import Statement

PUBLISHER = "name:openscore"
ENGINEER = "engineer@tantieme.example"


@dataclass(frozen=True)
class Employer:
    """An organisation of the demo, and the parties that it represents."""

    name: str
    kind: Organisation.Kind
    parties: Sequence[Party] = ()


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    email: str
    name: str
    shows: str
    employers: Sequence[Employer]


def introduce(books: Books, folder: Path) -> str:
    """Make the people who are missing, and see to it that the file's passwords work.

    Args:
        books: the closed month, which says who is owed enough to be worth a look.
        folder: where the file of passwords is kept.

    Returns:
        The file's text.
    """
    path = folder / passwords.FILE
    known = passwords.read(path)
    with transaction.atomic():
        entries = [_entry(person, _join(person), known) for person in _cast(books)]
        return passwords.write(path, entries)


def _cast(books: Books) -> list[Person]:
    office = Employer("Tantieme demo office", Organisation.Kind.OPERATOR)
    publisher = Party.objects.get(ref=PUBLISHER)
    first, *others = [
        Employer(f"Estate of {party.name}", Organisation.Kind.RIGHTS_HOLDER, [party])
        for party in _composers(books.statements)[:3]
    ]
    return [
        Person(ACCOUNTANT, "Ada", "keeps the books; /admin/", [office]),
        Person(REVIEWER, "Ben", "reviews them; /admin/, to read only", [office]),
        Person(
            ENGINEER,
            "Cem",
            "sends what it generates",
            [Employer("Cadenza", Organisation.Kind.PLATFORM)],
        ),
        Person(
            "publisher@tantieme.example",
            "Dora",
            "has the longest statements",
            [Employer(publisher.name, Organisation.Kind.RIGHTS_HOLDER, [publisher])],
        ),
        Person("estate@tantieme.example", "Emil", "open a line, its evidence, and listen", [first]),
        Person("manager@tantieme.example", "Fay", "acts for both", others),
        Person(
            "newcomer@tantieme.example",
            "Gil",
            "has nothing yet",
            [Employer("Newcomer Songs", Organisation.Kind.RIGHTS_HOLDER)],
        ),
    ]


def _composers(statements: Sequence[Statement]) -> list[Party]:
    """Parties that composed, those first that earn most because of what the model learnt."""
    attributed_atoms: dict[int, int] = {}
    for statement in statements:
        known = attributed_atoms.get(statement.party_id, 0)
        attributed_atoms[statement.party_id] = known + statement.attributed_atoms
    composers = Share.objects.filter(role=Role.COMPOSER).values("party")
    found = Party.objects.filter(pk__in=composers).in_bulk(list(attributed_atoms))
    return sorted(found.values(), key=lambda party: (-attributed_atoms[party.pk], party.pk))


def _join(person: Person) -> User:
    """The person's user, who works for somebody since the first demo."""
    user = User.objects.filter(email=person.email).first()
    user = user or User.objects.create_user(person.email, name=person.name)
    if not user.memberships.exists():
        for employer in person.employers:
            Membership.objects.create(user=user, organisation=_organisation(employer))
    if person.employers[0].kind == Organisation.Kind.OPERATOR:
        _let_administer(user)
    return user


def _organisation(employer: Employer) -> Organisation:
    same = Organisation.objects.filter(name=employer.name, kind=employer.kind)
    organisation = same.first() or Organisation.objects.create(
        name=employer.name, kind=employer.kind
    )
    for party in employer.parties:
        Representation.objects.get_or_create(organisation=organisation, party=party)
    if employer.kind == Organisation.Kind.PLATFORM:
        Platform.objects.filter(name=employer.name, organisation=None).update(
            organisation=organisation
        )
    return organisation


def _let_administer(user: User) -> None:
    """The accountant may do in the admin whatever the database permits, the reviewer may read."""
    user.is_staff = True
    user.is_superuser = user.email == ACCOUNTANT
    user.save(update_fields=["is_staff", "is_superuser"])
    if not user.is_superuser:
        user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))


def _entry(person: Person, user: User, known: Mapping[str, str]) -> Entry:
    """What the file says of a person."""
    employers = ", ".join(user.organisations.order_by("pk").values_list("name", flat=True))
    return Entry(
        user.email,
        _password(user, known.get(user.email)),
        f"{user.name} · {employers} · {person.shows}",
        _key(user, known.get(passwords.KEY)) if user.email == ENGINEER else "",
    )


def _password(user: User, known: str | None) -> str:
    """The password of the file, if it still works; else a new one."""
    if known is not None and user.check_password(known):
        return known
    password = passwords.invent()
    user.set_password(password)
    user.save(update_fields=["password"])
    return password


def _key(engineer: User, known: str | None) -> str:
    """The key of the file, if it still works; else a new one, and an end to the old."""
    if known is not None and _works(known):
        return known
    for lost in ApiKey.objects.filter(created_by=engineer, revoked_at=None):
        revoke_key(key=lost, as_of=timezone.now())
    issued = create_key(
        organisation=engineer.organisations.order_by("pk")[0],
        name="demo",
        scopes=[Scope.READ, Scope.INGEST],
        created_by=engineer,
    )
    return issued.text


def _works(key: str) -> bool:
    try:
        return not has_ended(find_key(key), timezone.now())
    except KeyRefused:
        return False
