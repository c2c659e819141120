"""The demo's people: what was printed works, and what is lost is replaced, never kept alive."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Organisation, User
from accounts.services.admission import KeyRefused, admit_key, find_key
from catalog.models import Party, Representation, Right, Share, Work
from catalog.services.training_sets import register_platform
from demo import people
from demo.accounting import Books
from demo.passwords import FILE
from royalty.models import Statement

pytestmark = pytest.mark.django_db
EARNED = {"Clara": 10, "Fanny": 30, "Gustav": 20}


@pytest.fixture
def books():
    """A publisher, a lyricist who earns most, and three composers."""
    register_platform(code="cadenza", name="Cadenza")
    Party.objects.create(ref=people.PUBLISHER, name="OpenScore")
    work = Work.objects.create(ref="song", title="Song")
    statements = [statement(work, "Heinrich", "lyricist", 99)]
    statements += [statement(work, name, "composer", atoms) for name, atoms in EARNED.items()]
    return Books([], [], statements)


def statement(work: Work, name: str, role: str, attributed_atoms: int) -> Statement:
    party = Party.objects.create(ref=name, name=name)
    Share.objects.create(
        work=work,
        party=party,
        right=Right.COMPOSITION,
        role=role,
        share_ppm=250_000,
        valid_from=date(2026, 1, 1),
    )
    return Statement(party=party, attributed_atoms=attributed_atoms)


def passwords(text: str) -> dict[str, str]:
    rows = [line.split() for line in text.splitlines()]
    return {row[0]: row[1] for row in rows if len(row) == 2 and "@" in row[0]}


def key_in(text: str) -> str:
    (line,) = [line for line in text.splitlines() if "API key" in line]
    return line.split()[-1]


def assert_all_work(text: str) -> None:
    assert len(passwords(text)) == 7
    for email, password in passwords(text).items():
        assert User.objects.get(email=email).check_password(password), email
    assert find_key(key_in(text)).organisation.name == "Cadenza"


def test_everybody_can_sign_in_with_what_is_printed(books, tmp_path):
    text = people.introduce(books, tmp_path)
    assert_all_work(text)
    assert (tmp_path / FILE).read_text() == text
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_estates_are_those_of_the_composers_who_earn_most_by_attribution(books, tmp_path):
    people.introduce(books, tmp_path)
    represented = {
        email: list(
            Representation.objects.filter(organisation__members__email=email)
            .order_by("organisation")
            .values_list("party__name", flat=True)
        )
        for email in ("estate@tantieme.example", "manager@tantieme.example")
    }
    assert represented == {
        "estate@tantieme.example": ["Fanny"],
        "manager@tantieme.example": ["Gustav", "Clara"],
    }


def test_the_newcomer_has_an_organisation_and_nothing_in_it(books, tmp_path):
    people.introduce(books, tmp_path)
    (organisation,) = Organisation.objects.filter(members__email="newcomer@tantieme.example")
    assert organisation.kind == Organisation.Kind.RIGHTS_HOLDER
    assert not organisation.representations.exists()


def test_a_second_demo_changes_nobody(books, tmp_path):
    first = people.introduce(books, tmp_path)
    assert people.introduce(books, tmp_path) == first
    assert (Organisation.objects.count(), ApiKey.objects.count()) == (7, 1)


def test_a_lost_file_ends_the_old_passwords_and_the_old_key(books, tmp_path):
    first = people.introduce(books, tmp_path)
    (tmp_path / FILE).unlink()
    second = people.introduce(books, tmp_path)
    assert_all_work(second)
    assert not set(passwords(first).values()) & set(passwords(second).values())
    with pytest.raises(KeyRefused, match="revoked"):
        admit_key(key=find_key(key_in(first)), address=None, as_of=timezone.now())


def test_a_password_that_somebody_changed_is_not_printed_any_more(books, tmp_path):
    first = people.introduce(books, tmp_path)
    ada = User.objects.get(email="accountant@tantieme.example")
    ada.set_password("something of my own")
    ada.save()
    second = people.introduce(books, tmp_path)
    assert_all_work(second)
    changed = passwords(first).items() ^ passwords(second).items()
    assert {email for email, _ in changed} == {ada.email}


def test_only_the_accountant_may_change_reference_data(books, tmp_path):
    people.introduce(books, tmp_path)
    ada, ben = (
        User.objects.get(email=f"{who}@tantieme.example") for who in ("accountant", "reviewer")
    )
    assert ada.is_staff
    assert ada.has_perm("catalog.change_party")
    assert ben.is_staff
    assert ben.has_perm("catalog.view_party")
    assert not ben.has_perm("catalog.change_party")


def test_a_file_that_cannot_be_written_leaves_the_old_passwords(books, tmp_path, monkeypatch):
    text = people.introduce(books, tmp_path)
    (tmp_path / FILE).unlink()

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        people.introduce(books, tmp_path)
    assert_all_work(text)
