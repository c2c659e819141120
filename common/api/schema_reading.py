"""The API's description: what all reading operations share."""

from typing import Any

from common.api.fields import PARAMETER

JSON = "application/json"
ETAG = {"description": "Of this answer's bytes.", "schema": {"type": "string", "minLength": 4}}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "Answer 304 if this is still the ETag.",
    "schema": {"type": "string"},
}
NOT_MODIFIED = {"description": "It is still what If-None-Match names.", "headers": {"ETag": ETAG}}


def describe_reading(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add ETags and sparse fields to the operations that have them."""
    for operations in result["paths"].values():
        if "200" in operations.get("get", {}).get("responses", {}):
            _describe(operations["get"], result["components"]["schemas"])
    return result


def _describe(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    document = operation["responses"]["200"]
    content = document.get("content", {}).get(JSON)
    if content is not None:
        holder, key = _place_of_document(content, schemas)
        names = list(_resolved(holder[key], schemas).get("properties", {}))
        _take(operation, _sparse(names))
        holder[key] = _or_a_part(holder[key], names)
    if not operation.get("security"):  # what anybody may read says what is true now
        return
    _take(operation, IF_NONE_MATCH)
    document.setdefault("headers", {})["ETag"] = ETAG
    operation["responses"]["304"] = NOT_MODIFIED


def _place_of_document(
    content: dict[str, Any], schemas: dict[str, Any]
) -> tuple[dict[str, Any], str]:
    """Where the schema of a document stands, or that of a list's rows."""
    rows = _resolved(content["schema"], schemas).get("properties", {}).get("data", {})
    return (rows, "items") if "items" in rows else (content, "schema")


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """A schema, or the document's part of one that was described before."""
    if "anyOf" in schema:
        schema = schema["anyOf"][0]
    found: dict[str, Any] = (
        schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    )
    return found


def _or_a_part(schema: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """A whole document, or a few of its fields: fewer than all, so that no whole one passes."""
    if "anyOf" in schema:
        return schema
    part = {
        "type": "object",
        "description": f"With `{PARAMETER}`: those alone.",
        "propertyNames": {"enum": names},
        "maxProperties": len(names) - 1,
    }
    return {"anyOf": [schema, part]}


def _sparse(names: list[str]) -> dict[str, Any]:
    return {
        "name": PARAMETER,
        "in": "query",
        "description": "Send only these fields, with commas between.",
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": names}},
    }


def _take(operation: dict[str, Any], parameter: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(parameter)
