"""What somebody typed is not lost when they must prove first who they are.

A form that is posted after its session ended, or to something that asks for a fresh proof, is kept:
its fields, sealed, in the session that the browser has then, for an hour. After the proof the page
of the form comes back filled in (`portal.session.refill`), and the person sends it again; nothing
is ever done by itself. Files and secrets are not kept. Only whoever typed it gets it back: the
browser carries a mark of who signed in last, and after signing out there is none.

It is the session and not the page that carries it, since proving may take several pages (password,
then code) and may start in another one (a link to sign in by a passkey).
"""

import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from portal.security.sealing import NotOpened, seal, unseal
from portal.session.refill import refilled

KEPT, PURPOSE = "kept_form", "kept form"
KEPT_FOR = timedelta(hours=1)
MOST_LETTERS = 64 * 1024
OWNER_COOKIE = "last_person"
OWNER_SECONDS = 14 * 24 * 3600  # as a session
_SECRETS = ("password", "secret", "token", "code", "credential", "csrf")


class KeptForms:
    """Middleware: keeps a form that could not be taken yet, and gives it back on its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_nobody = not isinstance(request.user, User)
        is_expected = _is_expected(request)
        if is_expected:
            messages.info(
                request,
                _("It was not sent yet. What you filled in is here again: send it once more."),
            )
        response = self._get_response(request)
        if was_nobody and request.method == "POST":
            _lead_back(request, response)
        elif is_expected:
            _give_back(request, response)
        _mark_person(request, response)
        return response


def keep(request: HttpRequest) -> str:
    """Keep the posted form; returns the address of the page on which it stood."""
    page = _page_of(request)
    fields = {
        name: values
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in _SECRETS)
    }
    text = json.dumps([request.path, urlsplit(page).path, _owner(request), fields])
    if fields and len(text) <= MOST_LETTERS:
        request.session[KEPT] = seal(text, purpose=PURPOSE)
    return page


def _page_of(request: HttpRequest) -> str:
    """The page whose form was posted, as the browser says; else the form's own address."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or not came_from.path.startswith("/"):
        return request.get_full_path()
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def _lead_back(request: HttpRequest, response: HttpResponse) -> None:
    """After signing in, to the page and not to where its form goes: that is for posting alone."""
    sign_in = reverse("sign-in")
    if response.status_code != 302 or urlsplit(response["Location"]).path != sign_in:
        return
    if request.path == sign_in or not request.COOKIES.get(OWNER_COOKIE):
        return
    response["Location"] = f"{sign_in}?{urlencode({REDIRECT_FIELD_NAME: keep(request)})}"


def _is_expected(request: HttpRequest) -> bool:
    """Whether a form of this person's is kept for this page."""
    if request.method != "GET" or not isinstance(request.user, User) or KEPT not in request.session:
        return False
    kept = _opened(request)
    if kept is None:
        del request.session[KEPT]
        return False
    return bool(kept[1] == request.path)


def _opened(request: HttpRequest) -> tuple[str, str, dict[str, list[str]]] | None:
    try:
        text = unseal(request.session[KEPT], purpose=PURPOSE, max_age=KEPT_FOR)
    except NotOpened:
        return None
    action, page, owner, fields = json.loads(text)
    is_own = isinstance(request.user, User) and constant_time_compare(owner, mark(request.user))
    return (action, page, fields) if is_own else None


def _give_back(request: HttpRequest, response: HttpResponse) -> None:
    kept = _opened(request)
    del request.session[KEPT]
    is_page = response.get("Content-Type", "").startswith("text/html")
    if kept is None or response.status_code != 200 or response.streaming or not is_page:
        return
    action, page, fields = kept
    text = refilled(response.content.decode(), path=page, action=action, fields=fields)
    response.content = text.encode()
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))


def mark(user: User) -> str:
    """What a browser carries of who signed in last: it names nobody."""
    return salted_hmac("portal.session.kept_forms", str(user.pk), algorithm="sha256").hexdigest()


def _owner(request: HttpRequest) -> str:
    if isinstance(request.user, User):
        return mark(request.user)
    return request.COOKIES.get(OWNER_COOKIE, "")


def _is_signing_out(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name == "sign-out"


def _mark_person(request: HttpRequest, response: HttpResponse) -> None:
    if isinstance(request.user, User):
        if request.COOKIES.get(OWNER_COOKIE) != mark(request.user):
            response.set_cookie(
                OWNER_COOKIE,
                mark(request.user),
                OWNER_SECONDS,
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
    elif _is_signing_out(request) and OWNER_COOKIE in request.COOKIES:
        response.delete_cookie(OWNER_COOKIE, samesite="Lax")
