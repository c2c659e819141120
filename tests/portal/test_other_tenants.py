"""Whatever is another organisation's does not exist, for whoever asks and however."""

import pytest

from accounts.models import Membership, Organisation, User
from catalog.models import Representation, Work
from tests.portal.people import all_lines, statement_of, text

pytestmark = pytest.mark.django_db


def addresses(ref: str) -> list[str]:
    """Every page that names something of a party's."""
    statement = statement_of(ref)
    row = all_lines(statement)[0].row
    work = Work.objects.get(ref={"A": "work:T1", "B": "work:T2"}[ref])
    base = f"/statements/{statement.pk}/"
    return [
        *(base, f"{base}pdf/", f"{base}csv/", f"{base}lines/{row}/"),
        *(f"{base}lines/{row}/evidence/", f"/works/{work.pk}/"),
    ]


@pytest.mark.parametrize("who", ["bea", "pia", "oda", "nils"])
def test_a_page_of_somebody_elses_is_not_found(people, rendered, who):
    for path in addresses("A"):
        assert getattr(people, who).get(path).status_code == 404, path


def test_ones_own_pages_are_there(people, rendered):
    for path in addresses("A"):
        assert people.ada.get(path).status_code == 200, path


@pytest.mark.parametrize("who", ["pia", "oda", "nils"])
def test_lists_for_rights_holders_are_refused_to_others_with_a_way_on(people, who):
    for path in ("/statements/", "/works/"):
        response = getattr(people, who).get(path)
        assert response.status_code == 403
        assert "This page is for rights holders." in text(response)


def test_nothing_of_others_is_on_ones_own_pages(people, rendered):
    for path in ["/", "/statements/", "/works/", *addresses("B")]:
        page = text(people.bea.get(path)) if "csv" not in path and "pdf" not in path else ""
        assert "Party A " not in page, path
        assert "Song T1" not in page, path


def test_one_sees_what_the_organisation_sees_that_one_acts_for(people):
    own, other = (f"/statements/{statement_of(ref).pk}/" for ref in "AB")
    assert people.cleo.get(own).status_code == 200
    assert people.cleo.get(other).status_code == 404
    of_b = Organisation.objects.get(name="Bea's")
    assert people.cleo.post("/act-for/", {"organisation": of_b.pk})["Location"] == "/"
    assert people.cleo.get(own).status_code == 404
    assert people.cleo.get(other).status_code == 200


def test_one_chooses_among_ones_own_organisations_alone(people):
    page = text(people.cleo.get("/act-for/"))
    assert "Cleo's" in page
    assert "Bea's" in page
    assert "Ada's" not in page


@pytest.mark.parametrize("chosen", ["Ada's", "0", "", "x", "-1", "1 OR 1=1"])
def test_nobody_acts_for_an_organisation_of_others(people, chosen):
    found = Organisation.objects.filter(name=chosen).first()
    response = people.bea.post("/act-for/", {"organisation": found.pk if found else chosen})
    assert response.status_code == 403
    assert people.bea.get(f"/statements/{statement_of('A').pk}/").status_code == 404


def test_whoever_left_an_organisation_sees_nothing_of_it_at_once(people):
    url = f"/statements/{statement_of('A').pk}/"
    assert people.ada.get(url).status_code == 200
    Membership.objects.filter(user__email="ada@example.org").delete()
    assert people.ada.get(url).status_code == 404


def test_a_party_that_is_no_longer_represented_is_gone_at_once(people):
    url = f"/statements/{statement_of('A').pk}/"
    Representation.objects.filter(organisation__name="Ada's").delete()
    assert people.ada.get(url).status_code == 404


def test_a_closed_account_is_out_at_once(people):
    User.objects.filter(email="ada@example.org").update(is_active=False)
    assert people.ada.get("/")["Location"].startswith("/sign-in/")
