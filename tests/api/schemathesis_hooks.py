"""How schemathesis writes bodies of lines, which OpenAPI knows no form for."""

import json
from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """One line; what is no JSON object stays what it is."""
    return value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"
