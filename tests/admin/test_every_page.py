"""Every page of the admin opens for the operator, and for nobody else."""

from collections.abc import Iterator

from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from common.admin import ReadOnlyAdmin
from tests.admin.conftest import MODELS, address

READ_ONLY = [model for model in MODELS if isinstance(admin.site._registry[model], ReadOnlyAdmin)]
PAGES = ("changelist", "add", "change", "history", "delete")


def pages() -> Iterator[tuple[type[Model], str, str]]:
    """(model, page, address) of each page of each model that is registered."""
    for model in MODELS:
        row = model.objects.order_by("-pk").first()
        assert row is not None, f"the world has no {model.__name__} to look at"
        for page in PAGES:
            of_a_row = page not in {"changelist", "add"}
            yield model, page, address(model, page, *([row.pk] if of_a_row else []))


def test_an_operator_can_open_each_page_and_add_where_that_is_allowed(operator, world):
    request = operator.get(reverse("admin:index")).wsgi_request
    for model, page, url in pages():
        registered = admin.site._registry[model]
        allowed = {
            "add": registered.has_add_permission(request),
            "delete": registered.has_delete_permission(request),
        }.get(page, True)
        assert operator.get(url).status_code == (200 if allowed else 403), url


def test_each_list_can_be_searched_and_sorted(operator, world):
    for model in MODELS:
        registered, url = admin.site._registry[model], address(model, "changelist")
        if registered.search_fields:
            assert operator.get(url, {"q": "Song"}).status_code == 200, url
        columns = ".".join(str(number + 1) for number in range(len(registered.list_display)))
        assert operator.get(url, {"o": columns}).status_code == 200, url


def test_others_find_nothing(rita, paul, omar, browsing, world):
    lists = [url for _, page, url in pages() if page == "changelist"]
    everything = [url for _, _, url in pages()]
    for person, urls in ((rita, everything), (paul, lists), (omar, lists)):
        client = browsing(person)
        for url in urls:
            assert client.get(url).status_code == 404, url
            assert client.post(url, {}).status_code == 404, url
        for name in ("index", "login", "jsi18n", "autocomplete", "password_change", "search"):
            assert client.get(reverse(f"admin:{name}")).status_code == 404, name


def test_whoever_is_not_signed_in_is_sent_to_the_portals_sign_in(world):
    client = Client()
    for _, _, url in pages():
        response = client.get(url, follow=True)
        assert response.redirect_chain[-1][0] == f"{reverse('sign-in')}?next={url}"


def test_who_turns_to_another_of_ones_organisations_leaves_the_admin(olga, rita, browsing):
    holder = rita.organisations.get()
    holder.memberships.create(user=olga)
    client = browsing(olga)
    assert client.get(reverse("admin:index")).status_code == 200
    session = client.session
    session["organisation"] = holder.pk
    session.save()
    assert client.get(reverse("admin:index")).status_code == 404


def test_what_is_read_only_says_so_and_takes_nothing(operator, world):
    for model, page, url in pages():
        if model not in READ_ONLY:
            continue
        if page in {"changelist", "change"}:
            text = operator.get(url).content.decode()
            assert admin.site._registry[model].note.split("'")[0] in text, url
            assert 'name="_save"' not in text, url
        if page in {"add", "change", "delete"}:
            before = list(model.objects.order_by("pk").values())
            assert operator.post(url, {"post": "yes"}).status_code == 403, url
            assert list(model.objects.order_by("pk").values()) == before, url


def test_a_key_is_shown_without_its_secret(operator, world):
    key = world.platform.organisation.keys.get()
    for url in (address(type(key), "change", key.pk), address(type(key), "changelist")):
        text = operator.get(url).content.decode()
        assert key.prefix in text
        assert key.secret_sha256 not in text
    organisation = world.platform.organisation
    text = operator.get(address(type(organisation), "change", organisation.pk)).content.decode()
    assert key.prefix in text
    assert key.secret_sha256 not in text
