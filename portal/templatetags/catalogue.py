"""Lengths, sizes and formats of files, as the catalogue's pages write them."""

from django import template
from django.template.defaultfilters import filesizeformat

from catalog import identifiers
from catalog.models import Asset

register = template.Library()
FORMATS = {
    "audio/midi": "MIDI",
    "audio/wav": "WAV",
    "audio/x-wav": "WAV",
    "audio/flac": "FLAC",
    "audio/ogg": "Ogg",
    "audio/mpeg": "MP3",
}


register.filter("shown_isrc", identifiers.shown_isrc)
register.filter("shown_iswc", identifiers.shown_iswc)
register.filter("shown_isni", identifiers.shown_isni)
register.filter("shown_ipi_base", identifiers.shown_ipi_base)
register.filter("shown_ddex_party_id", identifiers.shown_ddex_party_id)


@register.filter
def in_length(seconds: float) -> str:
    """ "3:07" of 187 seconds, "1:02:03" of an hour and more; half a second is still 0:01."""
    minutes, rest = divmod(max(1, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@register.filter
def in_format(asset: Asset) -> str:
    """What a file is, "MIDI"."""
    return FORMATS.get(asset.media_type, asset.media_type)


@register.filter
def in_bytes(size_bytes: int) -> str:
    """ "12.3 KB"."""
    return str(filesizeformat(size_bytes))
