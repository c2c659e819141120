"""The page on which a browser verifies a statement; what it computes is in tests/e2e."""

import pytest

from tests.portal.people import statement_of, text

pytestmark = pytest.mark.django_db


def test_a_statement_leads_to_its_files_and_to_the_program(people, rendered):
    statement = statement_of("A")
    path = f"/statements/verify/?statement={statement.pk}"
    assert path in people.ada.get(f"/statements/{statement.pk}/").content.decode()
    page = people.ada.get(path)
    assert f'href="/statements/{statement.pk}/proof/"' in page.content.decode()
    assert "python verify_statement.py PROOF roots.json" in text(page)
    assert "Verify this statement" not in text(people.ada.get("/statements/verify/"))


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 30, "²"])
def test_what_is_no_statement_of_theirs_is_nothing(people, asked):
    assert people.ada.get("/statements/verify/", {"statement": asked}).status_code == 404
    other = statement_of("B").pk
    assert people.ada.get("/statements/verify/", {"statement": other}).status_code == 404
