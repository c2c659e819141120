"""The first person of an installation: made by one command, let in by the portal's sign-in."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


def add(monkeypatch, email: str, password: str, **options: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    call_command("add_operator", email, stdout=io.StringIO(), **options)


def test_they_sign_in_and_find_everything(monkeypatch):
    add(monkeypatch, "olga@example.org", "rivers-and-lakes", organisation="Collecting Society")
    client = Client()
    fields = {"username": "olga@example.org", "password": "rivers-and-lakes"}
    signed_in = client.post("/sign-in/?next=/admin/", fields | {"next": "/admin/"})
    assert (signed_in.status_code, signed_in["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_a_second_one_joins_the_same_organisation(monkeypatch):
    add(monkeypatch, "olga@example.org", "rivers-and-lakes")
    add(monkeypatch, "omar@example.org", "lakes-and-rivers")
    olga, omar = User.objects.order_by("email")
    assert olga.organisations.get() == omar.organisations.get()


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("OLGA@example.org", "rivers-and-lakes", "known already"),
        ("nobody", "rivers-and-lakes", "valid email"),
        ("omar@example.org", "short", "too short"),
        ("omar@example.org", "password123", "too common"),
        ("omar@example.org", "", "too short"),
    ],
)
def test_what_is_wrong_is_told_and_nobody_is_made(email, password, sentence, monkeypatch):
    add(monkeypatch, "olga@example.org", "rivers-and-lakes")
    with pytest.raises(CommandError, match=sentence):
        add(monkeypatch, email, password)
    assert User.objects.count() == 1
