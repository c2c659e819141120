"""The API's description: what every operation has in common, added in one place."""

from typing import Any

from common.api.conditional import CHANGES
from common.api.handling import ADDRESS, CONTENT_TYPE
from common.api.idempotency import REPLAYED
from common.api.idempotency_key import HEADER
from common.api.problems import KINDS, Kind

PROBLEM = {
    "type": "object",
    "description": "What went wrong, by RFC 9457.",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The kind of problem; an address that says what to do.",
            "enum": [f"{ADDRESS}{slug}" for slug in sorted(KINDS)],
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong with this request."},
        "instance": {"type": "string", "format": "uri-reference"},
        "request_id": {"type": "string", "description": "Tell us this one if you ask."},
        "errors": {
            "type": "array",
            "description": "Each thing that is wrong, and where.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "In a JSON object (RFC 6901)."},
                    "field": {"type": "string", "description": "Of a form, a line or the query."},
                    "line": {"type": "integer", "description": "Of a body of lines, from 1."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
IDEMPOTENCY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "Any text of your choice, such as a UUID. The same request with the same key "
    "again gets the same response and does nothing again.",
}
ALWAYS = (400, 401, 403, 414, 429, 500)
WITHOUT_KEY = (400, 414, 500)
OF_ONE = (404,)
OF_FILTERING = (422,)
OF_SENDING = (408, 409, 411, 413, 415, 422)
OF_CHANGING = (409, 412)


def describe_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to every operation the problems it may answer with; to those that send, the key."""
    components = result["components"]
    components["schemas"]["Problem"] = PROBLEM
    used: set[int] = set()
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY)
                _describe_replay(operation)
            # And those that are its alone, which it names itself.
            own = {int(status) for status in operation["responses"] if int(status) >= 400}
            for status in sorted(own | _statuses(path, method, operation)):
                used.add(status)
                reference = {"$ref": f"#/components/responses/Problem{status}"}
                operation["responses"][str(status)] = reference
    components["responses"] = {f"Problem{status}": _response(status) for status in sorted(used)}
    return result


def _statuses(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    """Of the problems that operations of this form share."""
    places = [(each["in"], each["name"]) for each in operation.get("parameters", ())]
    found = {*(ALWAYS if operation.get("security") else WITHOUT_KEY)}
    if "{" in path or ("query", "cursor") in places:
        found |= {*OF_ONE}
    if any(place == "query" for place, _ in places):
        found |= {*OF_FILTERING}
    if method in {"post", "put", "patch"}:
        found |= {*OF_SENDING}
    if method.upper() in CHANGES:
        found |= {*OF_CHANGING}
    return found


def _describe_replay(operation: dict[str, Any]) -> None:
    """Successful answers may come from an earlier request, and say so."""
    for response in operation["responses"].values():
        response["headers"] = {
            REPLAYED: {
                "description": "`true` if this is the response to an earlier request.",
                "schema": {"type": "string", "const": "true"},
            }
        }


def _response(status: int) -> dict[str, Any]:
    titles = [f"{kind.title} (`{kind.slug}`)" for kind in _kinds(status)]
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": _example(status)}
    return {"description": "; ".join(titles), "content": {CONTENT_TYPE: content}}


def _example(status: int) -> dict[str, Any]:
    kind = _kinds(status)[0]
    return {
        "type": f"{ADDRESS}{kind.slug}",
        "title": kind.title,
        "status": status,
        "detail": "What is wrong with this very request.",
        "instance": "/api/v1/generations",
        "request_id": "8c6b222c6bf340c6ae924e28e81cf165",
    }


def _kinds(status: int) -> list[Kind]:
    """Those of a status, in an order that does not depend on which app was imported first."""
    return sorted(
        (kind for kind in KINDS.values() if kind.status == status), key=lambda kind: kind.slug
    )
