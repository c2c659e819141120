"""The menu at the head of the pages: complete, in groups, and true about where one is."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import get_resolver, resolve

from accounts.models import Organisation, User
from portal.places import OVERVIEW, PLACES, menu

KINDS = sorted(PLACES)


def names_of(patterns, before=""):
    for each in patterns:
        if hasattr(each, "url_patterns"):
            inner = f"{before}{each.namespace}:" if each.namespace else before
            yield inner
            yield from names_of(each.url_patterns, inner)
        elif each.name:
            yield before + each.name


def seen(kind, path, *, staff=False):
    request = RequestFactory().get(path)
    request.user = User(is_staff=staff) if kind else AnonymousUser()
    request.organisation = Organisation(kind=kind) if kind else None
    request.resolver_match = resolve(path)
    return menu(request)


def test_every_name_in_the_list_is_an_address():
    """A page that was renamed would otherwise silently belong nowhere."""
    known = set(names_of(get_resolver().url_patterns))
    for place in (OVERVIEW, *(place for places in PLACES.values() for place in places)):
        assert {place.url_name, *place.within} <= known


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_belongs_to_one_place_at_most(kind):
    within = [name for place in PLACES[kind] for name in (place.url_name, *place.within)]
    assert len(within) == len(set(within))


def test_a_page_says_where_it_is_also_from_below():
    groups = seen("rights_holder", "/conflicts/00000000-0000-0000-0000-000000000001/")
    current = {link.current: str(link.label) for group in groups for link in group.links}
    assert current["true"] == "Claims"
    (claims,) = [
        link for group in seen("rights_holder", "/claims/") for link in group.links if link.current
    ]
    assert claims.current == "page"


def test_a_namespace_is_one_place():
    (link,) = [
        link
        for group in seen("operator", "/payouts/unpaid/")
        for link in group.links
        if link.current
    ]
    assert (str(link.label), link.current) == ("Money", "true")


def test_administration_is_for_staff_alone():
    def labels(**who):
        return [str(x.label) for group in seen("operator", "/", **who) for x in group.links]

    assert "Administration" in labels(staff=True)
    assert "Administration" not in labels(staff=False)


def test_who_acts_for_nobody_goes_to_the_overview_only():
    (group,) = seen("", "/")
    assert [link.url for link in group.links] == ["/"]
