"""Identifiers, as their standards display them."""

from django import template

from catalog.identifiers import shown_isrc, shown_iswc

register = template.Library()


@register.filter
def in_isrc(isrc: str) -> str:
    """ "US-RC1-76-07839" of an ISRC as it is kept."""
    return shown_isrc(isrc)


@register.filter
def in_iswc(iswc: str) -> str:
    """ "T-034.524.680-1" of an ISWC as it is kept."""
    return shown_iswc(iswc)
