"""A small site for the tests of requests: pages that tell as whom they asked, or fail at it."""

from collections.abc import Iterator

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

from common.database import tenancy
from royalty.models import Statement


def parties() -> list[str]:
    return list(Statement.objects.order_by("pk").values_list("party__ref", flat=True))


def who(request: HttpRequest) -> HttpResponse:
    organisation = getattr(request, "organisation", None)
    return JsonResponse(
        {
            "organisation": organisation and organisation.name,
            "tenant": tenancy.current(),
            "statements": parties(),
        }
    )


def fails(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def fails_as_system(request: HttpRequest) -> HttpResponse:
    with tenancy.acting_as(tenancy.SYSTEM):
        raise ZeroDivisionError


def breaks_the_transaction(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    return HttpResponse()


def loses_the_connection(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse()


def streams(request: HttpRequest) -> HttpResponse:
    def rows() -> Iterator[str]:
        yield ",".join(parties())

    return StreamingHttpResponse(rows())


urlpatterns = [
    path("who/", who),
    path("fails/", fails),
    path("fails-as-system/", fails_as_system),
    path("breaks/", breaks_the_transaction),
    path("loses/", loses_the_connection),
    path("streams/", streams),
]
