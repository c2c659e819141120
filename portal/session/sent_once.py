"""A form that is sent twice does its thing once.

Every page that is drawn has a token of its own against forgery, so the same token, address and
fields are the same form, pressed twice or sent again by an impatient browser. The second waits for
the first (an advisory lock) and is led to where the first was. That is kept for a minute, with what
the form did or not at all: both are in one transaction. What came back with something to mend, and
what was refused, was not done, and may be sent again at once.
"""

import json
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from accounts.models import Organisation, User
from common.api.models import StoredResponse
from common.hashing import sha256_bytes

KEPT_FOR = timedelta(minutes=1)
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 the field's name
# After these nothing was done yet: they ask who it is.
_ASKING = ("/sign-in/", "/confirm/")


class SentOnce:
    """Middleware: inside the request's transaction, which knows for whom it acts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        organisation: Organisation | None = getattr(request, "organisation", None)
        if organisation is None or request.method != "POST" or TOKEN not in request.POST:
            return self._get_response(request)
        key = _key(request)
        _wait_for_the_first(key)
        kept = StoredResponse.objects.filter(tenant=organisation.tenant, key=key).first()
        if kept is not None and kept.created_at > timezone.now() - KEPT_FOR:
            return HttpResponseRedirect(kept.headers["Location"])
        response = self._get_response(request)
        if kept is None and _was_done(response):
            StoredResponse.objects.create(
                tenant=organisation.tenant,
                key=key,
                request_sha256=key.removeprefix("form:"),
                status=response.status_code,
                headers={"Location": response["Location"]},
                body=b"",
            )
        return response


def _key(request: HttpRequest) -> str:
    person = request.user.pk if isinstance(request.user, User) else None
    sent_files = ((name, each) for name, all_ in request.FILES.lists() for each in all_)
    files = sorted((name, file.name or "", file.size or 0) for name, file in sent_files)
    sent = [person, request.get_full_path(), sorted(request.POST.lists()), files]
    return f"form:{sha256_bytes(json.dumps(sent).encode())}"


def _wait_for_the_first(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _was_done(response: HttpResponse) -> bool:
    if response.status_code != 302 or connection.needs_rollback:
        return False
    return not response["Location"].startswith(_ASKING)
