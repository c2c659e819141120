"""The pages for what went wrong: each says what happened and what to do next.

A program that asked the API gets no page but the status alone, from which its problem document is
made (`common.api.middleware`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token


def page(status: int) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """The decorator of a page for a status."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.path.startswith("/api/"):
                return HttpResponse(status=status)
            return view(request, *args, **kwargs)

        return shown

    return decorate


@page(400)
@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; without the usual frame, since the request may be too broken to ask who it is from."""
    return HttpResponse(render_to_string("errors/400.html"), status=400)


@page(403)
@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the sentence that the view gave."""
    said = next((text for text in exception.args if isinstance(text, str)), "")
    return render(request, "errors/403.html", {"reason": said}, status=403)


@page(404)
@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; the same for what does not exist and for what somebody else has."""
    return render(request, "errors/404.html", status=404)


def forged_request(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: usually an old page, or cookies switched off."""
    return render(request, "errors/csrf.html", status=403)


@page(500)
@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500; nothing is read from the database, which may be what failed."""
    context: dict[str, Any] = {"request_id": getattr(request, "request_id", "")}
    return HttpResponse(render_to_string("errors/500.html", context), status=500)
