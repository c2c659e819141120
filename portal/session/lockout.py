"""Whom too many wrong passwords lock out."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.forms import UsernameField
from django.http import HttpRequest


def address_tried(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The e-mail address that somebody tries, however it is spelt: addresses ignore case."""
    tried = (credentials or {}).get("username") or request.POST.get("username") or ""
    return str(UsernameField().to_python(str(tried))).casefold()
