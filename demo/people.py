"""The people of the demo: for whom they act, what they show, and how they sign in.

They are made once and kept. Their passwords, and a platform's key, are drawn by chance and stand in
one file that only its owner may read; the database has their hashes. What no longer works is
replaced.
"""

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from accounts.models import ApiKey, Membership, Organisation, Scope, User
from accounts.services.keys import KeyRefused, create_key, revoke_key, use_key
from catalog.models import Party, Platform, Representation, Role, Share
from demo.accounting import ACCOUNTANT, REVIEWER, Books
from royalty.models import Statement

FILE = "users.txt"
PUBLISHER = "name:openscore"
ENGINEER = "engineer@tantieme.example"
KEY = "API key"
HEADING = "People of the demo, with the passwords by which they sign in to the portal."
WORDS = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").split()


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
    path = folder / FILE
    known = _read(path)
    with transaction.atomic():
        entries = []
        for person in _cast(books):
            user = _join(person)
            entries.append((user, _password(user, known.get(user.email)), person.shows))
        text = _text(entries, _key(known.get(KEY)))
        _write(path, text)
    return text


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


def _password(user: User, known: str | None) -> str:
    """The password of the file, if it still works; else a new one."""
    if known is not None and user.check_password(known):
        return known
    words = [secrets.choice(WORDS) for _ in range(3)]
    password = "-".join([*words, str(1000 + secrets.randbelow(9000))])
    user.set_password(password)
    user.save(update_fields=["password"])
    return password


def _key(known: str | None) -> str:
    """The key of the file, if it still works; else a new one, and an end to the old."""
    if known is not None and _works(known):
        return known
    engineer = User.objects.get(email=ENGINEER)
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
        use_key(text=key, as_of=timezone.now())
    except KeyRefused:
        return False
    return True


def _text(entries: Sequence[tuple[User, str, str]], key: str) -> str:
    """For each person a line with e-mail address and password, and one that says who it is."""
    lines = [HEADING]
    for user, password, shows in entries:
        employers = user.organisations.order_by("pk").values_list("name", flat=True)
        lines += ["", f"{user.email:<27}  {password}"]
        lines += [f"    {user.name} · {', '.join(employers)} · {shows}"]
        if user.email == ENGINEER:
            lines += [f"    {KEY} {key}"]
    return "\n".join(lines) + "\n"


def _read(path: Path) -> Mapping[str, str]:
    """Passwords by e-mail address, and the key by its name, as `_text` wrote them."""
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8")
    return dict(re.findall(rf"^ *(\S+@\S+|{KEY}) +(\S+)$", text, re.MULTILINE))


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all; from its first byte nobody else can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    part.replace(path)
