"""Parts of a whole, as people read them."""

from decimal import Decimal

from django.utils.formats import number_format

PPM_A_PERCENT = 10_000


def percent(part_ppm: int) -> str:
    """A part in percent, in the reader's language: 125000 is “12.5 %”, in German “12,5 %”."""
    return f"{number_format(Decimal(part_ppm) / PPM_A_PERCENT)} %"
