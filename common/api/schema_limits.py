"""The API's description: how every answer to a key says what is left of its limit."""

from typing import Any

from common.api.limits import HEADER, POLICY_HEADER, RATE_LIMITED, RETRY_AFTER

POLICY = {
    "description": "How many requests (q) this key may send in how many seconds (w).",
    "schema": {"type": "string", "pattern": r'^"default";q=\d+;w=\d+$'},
}
LEFT = {
    "description": "How many are left (r), and in how many seconds all are there again (t).",
    "schema": {"type": "string", "pattern": r'^"default";r=\d+;t=\d+$'},
}
WAIT = {
    "description": "After how many seconds it may be sent again.",
    "schema": {"type": "integer", "minimum": 1},
}


def describe_limits(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the headers of the limit to every operation that needs a key."""
    responses = result["components"]["responses"]
    for operations in result["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                if operation.get("security") and "$ref" not in response:
                    _add_headers(response)
    for response in responses.values():
        _add_headers(response)
    responses[f"Problem{RATE_LIMITED.status}"]["headers"][RETRY_AFTER] = WAIT
    return result


def _add_headers(response: dict[str, Any]) -> None:
    # A copy: some responses share what they say of their headers.
    response["headers"] = response.get("headers", {}) | {POLICY_HEADER: POLICY, HEADER: LEFT}
