"""Sparse fields: `?fields=id,status` leaves of a document, or of each row of a list, only those.

What may be asked for are the fields of the serializer that the resource describes itself by, so a
misspelt name is refused even where the list is empty.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListSerializer, Serializer
from rest_framework.views import APIView

from common.api.parameters import unusable

PARAMETER = "fields"
SEPARATOR = ","

_KNOWN: dict[type[APIView], tuple[str, ...]] = {}


def keep_asked(response: Response, request: Request, view: APIView) -> None:
    """Leave in the response what `fields` names; without it, everything.

    Raises:
        Problem: a name that the document does not have.
    """
    asked = request.query_params.get(PARAMETER)
    if asked is None:
        return
    known = known_fields(view)
    names = asked.split(SEPARATOR)
    wrong = [name for name in names if name not in known]
    if wrong:
        raise unusable(PARAMETER, f"{wrong[0][:100]!r} is none of {', '.join(known)}.")
    content = response.data
    if isinstance(content.get("data"), list):
        response.data = {**content, "data": [_kept(row, names) for row in content["data"]]}
    else:
        response.data = _kept(content, names)


def known_fields(view: APIView) -> tuple[str, ...]:
    """The fields of what a view answers to GET, or of a row of its list; none if it has none."""
    kind = type(view)
    if kind not in _KNOWN:
        _KNOWN[kind] = _fields(getattr(view, "serializer_class", None) or _described(view))
    return _KNOWN[kind]


def _fields(described: Any) -> tuple[str, ...]:
    if isinstance(described, Mapping):
        described = described.get(200)
    serializer = getattr(described, "response", described)
    if isinstance(serializer, ListSerializer):
        serializer = serializer.child
    if isinstance(serializer, type) and issubclass(serializer, Serializer):
        serializer = serializer()
    return tuple(serializer.fields) if isinstance(serializer, Serializer) else ()


def _described(view: APIView) -> Any:
    """What `@extend_schema(responses=...)` says of a view's GET."""
    schema = getattr(getattr(view, "get", None), "kwargs", {}).get("schema")
    if schema is None:
        return None
    inspector = schema()
    inspector.view, inspector.method = view, "GET"
    return inspector.get_response_serializers()


def _kept(content: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name in names}
