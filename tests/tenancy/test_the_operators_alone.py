"""The catalogue, the accountants' pages and the admin are for the operator alone."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps

from accounts.models import User
from tests.tenancy.walk import (
    METHODS,
    NO_ID,
    Address,
    addresses,
    catalogue_pages,
    files,  # noqa: F401 fixture
    person,
    stranger,
)

pytestmark = pytest.mark.usefixtures("undone", "files")


def catalogue_paths() -> Iterator[tuple[str, set[int]]]:
    """A path of each, with the answers to others, who must not learn whether one thing exists.

    Ids are those of things that exist, if any do: the guard comes before any look.
    """
    assert {each.name for each in catalogue_pages()} >= {"catalogue:browse"}
    for address in catalogue_pages():
        path = "/" + re.sub(r"<\w+:\w+>", "1", re.sub(r"<uuid:\w+>", str(NO_ID), address.route))
        yield path, {404, 405} if "<" in address.route else {403, 405}


@pytest.mark.parametrize("name", ["acme", "ada"])  # one of each kind, which is all the guard asks
def test_the_catalogue_is_the_operators_alone(town, name):
    visitor = person(name)
    for path, refusals in catalogue_paths():
        for method in METHODS:
            assert visitor.ask(method, path).status_code in refusals, path


def test_who_is_not_signed_in_is_led_away_from_the_catalogue(town):
    nobody = stranger()
    for path, _ in catalogue_paths():
        for method in METHODS:
            assert nobody.ask(method, path).status_code in {302, 405}, path


def admin_paths() -> list[str]:
    """Every page of the admin, about a row that exists."""
    return [f"/{filled(each)}" for each in addresses() if each.route.startswith("admin/")]


def filled(address: Address) -> str:
    model = re.match(r"admin/(\w+)/(\w+)/", address.route)
    known = model and apps.all_models[model[1]].get(model[2])
    row = known.objects.first() if known else None
    text = re.sub(r"<(path:object_id|int:pk|id)>", str(row.pk if row else 1), address.route)
    text = re.sub(r"<path:(content_type_id|object_id)>", "1", text)
    text = re.sub(r"\^?\(\?P<app_label>(\w+)[^)]*\)/\$", r"\1/", text)
    return re.sub(r"\(\?P<url>\.\*\)\$", "anything/", text)


def test_the_admin_is_the_operators_alone(town):
    forgotten = User.objects.get(email="ada@example.org")
    forgotten.is_staff = forgotten.is_superuser = True
    forgotten.save()
    paths = admin_paths()
    assert len(paths) > 100
    assert not [path for path in paths if re.search(r"[<>^$()]", path)]
    for visitor in (stranger(), person("ada"), person("acme")):
        answers = {path: visitor.ask("GET", path) for path in paths}
        shown = {path: answer.status_code for path, answer in answers.items()}
        assert {path for path, status in shown.items() if status not in {302, 404}} == set()
        for answer in answers.values():
            assert answer.status_code == 404 or re.match(r"/(sign-in|admin)/", answer.url)
