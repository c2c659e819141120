"""The frame of every resource: who asks, what may be sent, and one transaction for its method."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import conditional_page
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import pace
from common.api.bodies import JSON_BYTES, check_envelope
from common.api.conditional import check_if_match, mark_private
from common.api.fields import PARAMETER, keep_asked, known_fields
from common.api.idempotency_key import idempotency_key
from common.api.problems import INVALID, UNKNOWN_PARAMETER, Problem


class Resource(APIView):
    """A view of the API.

    The key is looked at in the request's own transaction and the method runs in a savepoint of it:
    an error undoes what the method did, but not the note that the key was used.
    """

    # The scope that a key needs to read here, and to send or change something; empty where any
    # key may, or where the method asks for it, since the content decides.
    reading: ClassVar[str] = "read"
    writing: ClassVar[str] = "ingest"
    # The largest body that is taken, and the query's parameters that are known.
    most_bytes: ClassVar[int] = JSON_BYTES
    parameters: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view; what it answers to GET has an ETag."""
        return conditional_page(super().as_view(**initkwargs))

    @transaction.non_atomic_requests
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As the framework's own, but for the savepoint around the method."""
        self.args, self.kwargs = args, kwargs
        sent = self.initialize_request(request, *args, **kwargs)
        self.request = sent
        self.headers = self.default_response_headers
        try:
            self.initial(sent, *args, **kwargs)
            method = self._method(sent)
            with transaction.atomic(), pace.kept(request):
                check_if_match(sent, self._reading(sent))
                response = method(sent, *args, **kwargs)
            if isinstance(response, Response) and request.method in SAFE_METHODS:
                keep_asked(response, sent, self)
        except Exception as error:  # noqa: BLE001 every error is a problem document
            response = self.handle_exception(error)
        self.response = self.finalize_response(sent, response, *args, **kwargs)
        mark_private(self.response)
        return self.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What must hold before the method runs: a known key, its scope, a usable request."""
        super().initial(request, *args, **kwargs)
        if self._method(request) == self.http_method_not_allowed:
            raise MethodNotAllowed(str(request.method))
        check_envelope(request, self.most_bytes)
        idempotency_key(request)
        self._check_parameters(request)

    def _check_parameters(self, request: Request) -> None:
        parameters = set(self.parameters)
        if request.method in SAFE_METHODS and known_fields(self):
            parameters.add(PARAMETER)
        unknown = sorted(set(request.query_params) - parameters)
        if unknown:
            known = ", ".join(sorted(parameters)) or "none"
            raise Problem(
                UNKNOWN_PARAMETER,
                f"{unknown[0][:100]!r} is no parameter of this address; known are: {known}.",
                errors=[{"field": name[:100], "detail": "It is not known."} for name in unknown],
            )
        for name, value in request.query_params.items():
            if "\x00" in value:
                detail = "It contains a NUL, which no text of ours has."
                raise Problem(INVALID, detail, errors=[{"field": name, "detail": detail}])

    def _reading(self, request: Request) -> Callable[[], Response] | None:
        """What GET answers at this address, where it can be read."""
        get: Callable[..., Response] | None = getattr(self, "get", None)
        return None if get is None else lambda: get(request, *self.args, **self.kwargs)

    def _method(self, request: Request) -> Callable[..., Any]:
        name = str(request.method).lower()
        if name not in self.http_method_names:
            return self.http_method_not_allowed
        method: Callable[..., Any] = getattr(self, name, self.http_method_not_allowed)
        return method
