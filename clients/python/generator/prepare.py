"""From the API's description to what the core is generated from; prints JSON.

Taken out is what the hand-made layer does for every operation alike (problems, the conditional
headers, the Idempotency-Key, cursors) and what it sends or reads itself (bodies that are no JSON).
Lists of known values become plain text: the API may add values, and a client must not fail on one
that is newer than itself.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

JSON = "application/json"
# `fields` would leave out what the models say is there.
OURS = {"cursor", "fields"}


def prepared(description: dict[str, Any]) -> dict[str, Any]:
    """The description, smaller."""
    description.pop("webhooks", None)
    for operations in description["paths"].values():
        for operation in operations.values():
            _prepare(operation)
    del description["components"]["schemas"]["Problem"]
    description["components"].pop("responses", None)
    _open(description["components"])
    return description


def _prepare(operation: dict[str, Any]) -> None:
    operation["parameters"] = [
        _largest_page(parameter)
        for parameter in operation.get("parameters", [])
        if parameter["in"] != "header" and parameter["name"] not in OURS
    ]
    body = operation.pop("requestBody", None)
    if body is not None and JSON in body["content"]:
        is_alone = set(body["content"]) == {JSON}
        operation["requestBody"] = {
            "content": {JSON: body["content"][JSON]},
            "required": body.get("required", False) and is_alone,
        }
    operation["responses"] = {
        status: _answer(response)
        for status, response in operation["responses"].items()
        if status.startswith("2")
    }
    _open(operation)


def _largest_page(parameter: dict[str, Any]) -> dict[str, Any]:
    """Lists are read to their end, so in as few requests as may be."""
    if parameter["name"] == "limit":
        parameter["schema"]["default"] = parameter["schema"]["maximum"]
    return parameter


def _answer(response: dict[str, Any]) -> dict[str, Any]:
    content = response.get("content", {})
    kept = {JSON: {"schema": content[JSON]["schema"]}} if set(content) == {JSON} else {}
    return {"description": response.get("description", ""), "content": kept}


def _open(node: Any) -> None:
    """Make every list of known values plain text, and every document a whole one."""
    if isinstance(node, list):
        for each in node:
            _open(each)
    if isinstance(node, dict):
        node.pop("enum", None)
        if any("propertyNames" in each for each in node.get("anyOf", ())):
            node.update(node.pop("anyOf")[0])  # the other one answers `fields`
        for each in node.values():
            _open(each)


if __name__ == "__main__":
    source = Path(sys.argv[1]).read_text(encoding="utf-8")
    print(json.dumps(prepared(yaml.safe_load(source)), indent=1))  # noqa: T201 its result
