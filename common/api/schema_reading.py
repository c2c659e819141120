"""The API's description: what all reading operations share, and all that change one thing."""

from typing import Any

from common.api.conditional import CHANGES
from common.api.conditional import HEADER as IF_MATCH
from common.api.fields import PARAMETER

JSON = "application/json"
ETAG = {"description": "Of this answer's bytes.", "schema": {"type": "string", "minLength": 4}}
NOT_MODIFIED = {"description": "It is still what If-None-Match names.", "headers": {"ETag": ETAG}}


def describe_reading(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add ETags, conditions and sparse fields to the operations that have them."""
    for operations in result["paths"].values():
        for method, operation in operations.items():
            if method == "get":
                _describe_get(operation, result["components"]["schemas"])
            elif method.upper() in CHANGES:
                _take(operation, _condition(IF_MATCH, "Change it only if this is still its ETag."))
    return result


def _describe_get(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    document = operation["responses"].get("200")
    if document is None:
        return
    names = _fields(document.get("content", {}).get(JSON, {}).get("schema", {}), schemas)
    if names:
        _take(operation, _sparse(names))
    if not operation.get("security"):  # what anybody may read says what is true now
        return
    _take(operation, _condition("If-None-Match", "Answer 304 if this is still its ETag."))
    document.setdefault("headers", {})["ETag"] = ETAG
    operation["responses"]["304"] = NOT_MODIFIED


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    """The names of a document's fields, or of those of a list's rows."""
    if "$ref" in schema:
        return _fields(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    properties: dict[str, Any] = schema.get("properties", {})
    rows = properties.get("data", {})
    return _fields(rows["items"], schemas) if "items" in rows else list(properties)


def _sparse(names: list[str]) -> dict[str, Any]:
    return {
        "name": PARAMETER,
        "in": "query",
        "description": "Send only these fields, with commas between.",
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": names}},
    }


def _condition(header: str, description: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": r'^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$'}
    return {"name": header, "in": "header", "description": description, "schema": schema}


def _take(operation: dict[str, Any], parameter: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(parameter)
