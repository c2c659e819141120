"""Where each kind of organisation can go: what stands at the head of its pages, and in which order.

The one list of these places: a new page is named here, with the place that it belongs to. What
lies within a place (the parts of the catalogue, of the money) is that place's own navigation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import ResolverMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation

Sentence = str | Promise


@dataclass(frozen=True)
class Place:
    """A page of the menu; `within` are the names of what is reached through it.

    A name that ends with a colon stands for all addresses of that namespace.
    """

    label: Sentence
    url_name: str
    within: Sequence[str] = ()
    group: Sentence = ""
    staff_only: bool = False

    def current(self, match: ResolverMatch) -> str:
        """The value of aria-current: "page" on the page itself, "true" on one within it."""
        if match.view_name == self.url_name:
            return "page"
        names = {match.view_name, *(f"{namespace}:" for namespace in match.namespaces)}
        return "true" if names.intersection(self.within) else ""


@dataclass(frozen=True)
class Link:
    """A place as the menu writes it on one page."""

    label: Sentence
    url: str
    current: str


@dataclass(frozen=True)
class Group:
    """Links that stand next to each other, behind one word unless `label` is empty."""

    label: Sentence
    links: list[Link]


OVERVIEW = Place(_("Overview"), "home")
RIGHTS, BUILD = _("Rights"), _("Build")
PLACES: Mapping[str, Sequence[Place]] = {
    Organisation.Kind.RIGHTS_HOLDER: (
        Place(_("Statements"), "statements", ("statement", "line", "evidence", "verify-statement")),
        Place(
            _("Balance"),
            "balance",
            (
                "payout",
                "payment-details",
                "bank-details",
                "tax-details",
                "tax-form",
                "take-back-details",
            ),
        ),
        Place(_("Works"), "works", ("work",)),
        Place(_("Claims"), "claims", ("claim", "new-claim", "conflict"), RIGHTS),
        Place(_("Objections"), "disputes", ("dispute", "new-dispute"), RIGHTS),
        Place(_("Consent"), "consent", ("consent-confirm", "consent-history"), RIGHTS),
    ),
    Organisation.Kind.PLATFORM: (
        Place(_("Generations"), "generations", ("generation",)),
        Place(_("Usage"), "usage", ("sent-file",)),
        Place(_("Account"), "platform-account", ("account-period", "platform-invoice")),
        Place(_("Models"), "engineer:models", ("engineer:",)),
        Place(_("Quick start"), "quick-start", ("sandbox",), BUILD),
        Place(_("Keys"), "keys", ("key", "rotate-key"), BUILD),
        Place(_("Requests"), "requests", ("request",), BUILD),
        Place(_("Webhooks"), "webhooks", ("webhook", "webhook-secret", "webhook-delivery"), BUILD),
    ),
    Organisation.Kind.OPERATOR: (
        Place(_("Models"), "engineer:models", ("engineer:",)),
        Place(_("Catalogue"), "catalogue:browse", ("catalogue:",)),
        Place(_("Money"), "accountant:periods", ("accountant:",)),
        Place(_("Objections"), "disputes", ("dispute",)),
        Place(_("Administration"), "admin:index", staff_only=True),
    ),
}


def menu(request: HttpRequest) -> list[Group]:
    """The groups of the signed-in person's menu, in order, as seen from the page asked for."""
    organisation: Organisation | None = getattr(request, "organisation", None)
    places = PLACES.get(organisation.kind, ()) if organisation else ()
    seen = [p for p in (OVERVIEW, *places) if request.user.is_staff or not p.staff_only]
    return _grouped(seen, request.resolver_match)


def _grouped(places: Iterable[Place], match: ResolverMatch | None) -> list[Group]:
    groups: list[Group] = []
    for place in places:
        if not groups or groups[-1].label != place.group:
            groups.append(Group(place.group, []))
        current = place.current(match) if match else ""
        groups[-1].links.append(Link(place.label, reverse(place.url_name), current))
    return groups
