"""Who may see a page: signed in, and acting for an organisation of the right kind."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.middleware import HtmxDetails

from accounts.middleware import ActingRequest
from accounts.models import Organisation
from accounts.roles import REFUSALS, Act, may
from catalog.models import Party
from catalog.selectors import parties_of
from portal.security.freshness import is_fresh
from portal.session.kept_forms import keep
from royalty.apportionment import SnapshotError

logger = logging.getLogger(__name__)
Arguments = ParamSpec("Arguments")
AnyView = Callable[..., HttpResponseBase]


def guard(admits: Callable[[ActingRequest], bool], refusal: str) -> Callable[[AnyView], AnyView]:
    """A page for whom `admits` lets in, signed in; no browser or proxy keeps it.

    Others are told `refusal` by a 403, or by a 404 where the address names one thing: whether it
    exists is not theirs to know.
    """

    def decorate(view: AnyView) -> AnyView:
        @never_cache
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if admits(cast(ActingRequest, request)):
                return view(request, *args, **kwargs)
            if kwargs:
                raise Http404
            raise PermissionDenied(_(refusal))

        return guarded

    return decorate


def acts_for(*kinds: Organisation.Kind) -> Callable[[ActingRequest], bool]:
    """Lets in whoever acts for an organisation of these kinds."""

    def admits(request: ActingRequest) -> bool:
        return request.organisation is not None and request.organisation.kind in kinds

    return admits


class HolderRequest(ActingRequest):
    """A request for somebody with rights; `parties` are those whose data it may show."""

    organisation: Organisation
    parties: list[Party]
    htmx: HtmxDetails


HolderView = Callable[Concatenate[HolderRequest, Arguments], HttpResponseBase]


def for_rights_holders(view: HolderView[Arguments]) -> Callable[..., HttpResponseBase]:
    """A page that only reads, for members of a rights holder.

    Where lines cannot be derived the page says that instead of guessing.
    """
    return require_safe(_of_a_rights_holder(view))


def rights_holders_may_post(view: HolderView[Arguments]) -> Callable[..., HttpResponseBase]:
    """What a rights holder's people do by a form; Django checks the form's token before."""
    return require_POST(_of_a_rights_holder(view))


def rights_holders_may_fill_in(view: HolderView[Arguments]) -> Callable[..., HttpResponseBase]:
    """A form that is shown once more, with what was wrong, until it can be taken."""
    return require_http_methods(["GET", "HEAD", "POST"])(_of_a_rights_holder(view))


def _of_a_rights_holder(view: HolderView[Arguments]) -> AnyView:
    @guard(
        acts_for(Organisation.Kind.RIGHTS_HOLDER), gettext_noop("This page is for rights holders.")
    )
    @wraps(view)
    def guarded(request: HolderRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.parties = parties_of(request.organisation)
        try:
            return view(request, *args, **kwargs)
        except SnapshotError as error:
            logger.error("%s: %s", request.path, error)
            return render(request, "errors/lines_lost.html", status=503)

    return guarded


class OperatorRequest(ActingRequest):
    """A request of the operator's people, to whom the database shows every row."""

    organisation: Organisation
    htmx: HtmxDetails


OperatorView = Callable[Concatenate[OperatorRequest, Arguments], HttpResponseBase]


_of_the_operator = guard(
    acts_for(Organisation.Kind.OPERATOR),
    gettext_noop("This page is for the people who run the service."),
)


def for_operators(view: OperatorView[Arguments]) -> Callable[..., HttpResponseBase]:
    """A page that only reads, for the operator's people."""
    return require_safe(_of_the_operator(view))


def operators_may_post(view: OperatorView[Arguments]) -> Callable[..., HttpResponseBase]:
    """What the operator's people do by a form; Django checks the form's token before."""
    return require_POST(_of_the_operator(view))


def operators_may_fill_in(view: OperatorView[Arguments]) -> Callable[..., HttpResponseBase]:
    """A form that is shown once more, with what was wrong, until it can be taken."""
    return require_http_methods(["GET", "HEAD", "POST"])(_of_the_operator(view))


def freshly_signed_in(view: AnyView) -> AnyView:
    """Asks again who it is where the last proof is older than fifteen minutes.

    Afterwards the page comes back; a form that was sent meanwhile comes back filled in, to be sent
    again (`portal.session.kept_forms`). Goes inside `login_required` or one of the guards above.
    """

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        page = keep(request) if request.method == "POST" else request.get_full_path()
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}")

    return guarded


def who_may(act: Act) -> Callable[[AnyView], AnyView]:
    """Lets those do something whose role says so; others are told whom to ask, by a 403.

    Reading is not asked about: what an organisation sees, all of its members do.
    """

    def decorate(view: AnyView) -> AnyView:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD", "OPTIONS"):
                check(request, act)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def check(request: HttpRequest, act: Act) -> None:
    """Raise PermissionDenied, with a sentence, unless the request's person may do this."""
    if not may(request, act):
        raise PermissionDenied(str(REFUSALS[act]))
