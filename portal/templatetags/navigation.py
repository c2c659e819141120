"""The menu at the head of every page (portal/places.py)."""

from typing import Any

from django import template

from portal.places import menu

register = template.Library()


@register.inclusion_tag("components/places.html", takes_context=True)
def places(context: dict[str, Any]) -> dict[str, object]:
    """Where the signed-in person can go from here."""
    return {"groups": menu(context["request"])}
