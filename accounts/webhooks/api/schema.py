"""The catalogue of events in the API's description: its part `webhooks` (OpenAPI 3.1)."""

from typing import Any

from accounts.webhooks.catalogue import CATALOGUE, EventType

HEADERS = {
    "webhook-id": "The event's id: the same whenever it is sent again.",
    "webhook-timestamp": "When this request was signed, in seconds since 1970.",
    "webhook-signature": "One or more signatures `v1,<base64>`, with spaces between.",
}
EXAMPLE_TIME = "2026-11-22T12:00:00.000000Z"


def describe_webhooks(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add every type of event with its schema and an example."""
    result["webhooks"] = {name: {"post": _operation(event)} for name, event in CATALOGUE.items()}
    return result


def _operation(event: EventType) -> dict[str, Any]:
    return {
        "operationId": f"on_{event.name.replace('.', '_')}",
        "summary": event.name,
        "description": event.when,
        "tags": ["webhook-events"],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "schema": {"type": "string"},
                "description": description,
            }
            for name, description in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": _content(event)}},
        "responses": {
            "2XX": {"description": "You took it. Anything else is tried again for days."},
            "410": {"description": "The endpoint is gone: it is switched off."},
        },
    }


def _content(event: EventType) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "const": event.name},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": event.schema(),
        },
    }
    example = {"type": event.name, "timestamp": EXAMPLE_TIME, "data": event.example()}
    return {"schema": schema, "example": example}
