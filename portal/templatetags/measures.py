"""Measured quantities, as pages write them: parts, durations, sizes. Money is in `figures`."""

from datetime import timedelta

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

register = template.Library()
NO_BREAK = "\N{NO-BREAK SPACE}"


@register.filter
def as_percent(part: float | None, decimals: int = 1) -> str:
    """A ratio in [0, 1] as "12.3 %"; what was not measured says so."""
    if part is None:
        return gettext("not measured")
    return f"{number_format(part * 100, decimals)}{NO_BREAK}%"


@register.filter
def as_figure(value: float | None, decimals: int = 2) -> str:
    """A number with decimals; what was not measured says so."""
    return gettext("not measured") if value is None else number_format(value, decimals)


@register.filter
def in_duration(seconds: float | timedelta | None) -> str:
    """ "12 seconds", "4 minutes", "3.5 hours", "2 days": as much as one needs to wait by."""
    if seconds is None:
        return gettext("not known")
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    if seconds < 90:
        whole = round(seconds)
        return ngettext("%(n)s second", "%(n)s seconds", whole) % {"n": whole}
    if seconds < 90 * 60:
        return gettext("%(n)s minutes") % {"n": round(seconds / 60)}
    if seconds < 48 * 3600:
        return gettext("%(n)s hours") % {"n": number_format(seconds / 3600, 1)}
    return gettext("%(n)s days") % {"n": round(seconds / 86_400)}
