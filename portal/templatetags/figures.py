"""Amounts, shares, dates and foreign text, as pages write them. No figure is ever a float here.

All of it with the signs and the words of the language that the page speaks.
"""

from datetime import date, timedelta

from babel import Locale
from babel.lists import format_list
from django import template
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from attribution.models import Attribution
from catalog.territories import Territory
from common.money import PPB, PPM, currency
from royalty.documents import Scale
from royalty.documents.language import BRITISH, Language, language
from royalty.documents.text import one_line
from royalty.models import Account, Period

register = template.Library()
FINE_DECIMALS = 2  # below the minor unit, where an amount is not whole
# Pages speak a language; what documents say of the same figures is that of a country.
TAGS = {"en": BRITISH, "de": "de-DE"}
CODE_FOLLOWS = frozenset({"de"})  # "1.234,56 EUR"


@register.inclusion_tag("components/money.html")
def money(atoms: int, code: str, show: str = "minor", label: bool = True) -> dict[str, object]:
    """An amount of atoms: to the cent ("minor"), two digits finer ("fine"), or every atom.

    What lies below the cent is set quietly, since it is carried and not paid. `label=False` leaves
    out the currency, where a column's head names it.
    """
    scale = _scale(code)
    below = {"minor": 0, "fine": FINE_DECIMALS, "exact": scale.atom_decimals - scale.minor_decimals}
    decimals = scale.minor_decimals + below[show]
    text = _reader().amount(atoms, scale, decimals)
    fine_length = _fine_length(text, scale, below[show])
    at = len(text) - fine_length
    return {
        "code": code if label else "",
        "code_follows": _reader().code in CODE_FOLLOWS,
        "whole": text[:at],
        "fine": text[at:],
    }


def _reader() -> Language:
    """How figures are written for whoever reads this page."""
    return language(TAGS.get(get_language() or "", BRITISH))


def signs(text: str) -> str:
    """A figure as written for machines and documents in English, with the reader's signs."""
    return _reader().signs(text)


def amount_text(atoms: int, code: str) -> str:
    """An amount to the cent within a sentence, with the reader's signs."""
    return f"{signs(currency(code).format_atoms(atoms))} {code}"


def _fine_length(text: str, scale: Scale, below: int) -> int:
    """How many characters at the end are finer than the minor unit, the point included."""
    if text[0] in "<>" or not below:
        return 0
    return below if scale.minor_decimals else below + 1


def _scale(code: str) -> Scale:
    known = currency(code)
    return Scale(known.code, known.decimals, known.atoms_per_minor)


@register.inclusion_tag("components/share_bar.html")
def share_bar(share_ppb: int, low_ppb: int | None, high_ppb: int | None) -> dict[str, int | None]:
    """A bar for an estimated share with its interval, in thousandths of the whole width."""
    low, high = (None if ppb is None else ppb // (PPB // 1_000) for ppb in (low_ppb, high_ppb))
    width = None if low is None or high is None else max(4, high - low)
    return {"share": max(4, share_ppb // (PPB // 1_000)), "low": low, "width": width}


@register.inclusion_tag("components/bar.html")
def earned_bar(attributed_atoms: int, fallback_atoms: int, longest_atoms: int) -> dict[str, int]:
    """A bar for what something earned, beside the figures: attributed, then fallback."""
    longest = max(1, longest_atoms)
    parts = (max(0, atoms) * 1_000 // longest for atoms in (attributed_atoms, fallback_atoms))
    return dict(zip(("attributed", "fallback"), parts, strict=True))


@register.filter
def in_ppb(ppb: int) -> str:
    """An estimated share: "12.3 %"."""
    return _reader().percent(ppb, PPB)


@register.filter
def in_ppm(ppm: int) -> str:
    """A part of the ownership, with as many decimals as it has: "33.3333 %"."""
    digits = f"{ppm * 100 // PPM}.{ppm % (PPM // 100):04d}".rstrip("0").rstrip(".")
    return _reader().signs(f"{digits}\N{NO-BREAK SPACE}%")


@register.filter
def interval(low_ppb: int | None, high_ppb: int | None) -> str:
    """Where the share may lie: "9.1 – 14.0 %"."""
    if low_ppb is None or high_ppb is None:
        return gettext("no model interval")
    low, high = (_reader().percent(ppb, PPB) for ppb in (low_ppb, high_ppb))
    return f"{low.removesuffix('%').strip()} – {high}"


@register.filter
def shown(text: str, limit: int = 120) -> str:
    """Text from outside on one line, without what could hide or reverse it."""
    return one_line(str(text), limit)


@register.filter
def in_words(period: Period) -> str:
    """ "October 2026" for a month, otherwise its first and its last day."""
    if len(period.label) == len("2026-10"):
        return str(date_format(period.starts_on, "YEAR_MONTH_FORMAT"))
    return f"{_day(period.starts_on)} – {_day(period.last_day)}"


def _day(day: date) -> str:
    return str(date_format(day, "DATE_FORMAT"))


@register.filter
def in_minutes(wait: timedelta) -> str:
    """ "15 minutes", rounded up."""
    minutes = -(-wait // timedelta(minutes=1))
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


@register.filter
def in_plain_words(status: str) -> str:
    """ "waiting for features" of `waiting_for_features`."""
    return worded(str(status).replace("_", " "))


@register.filter
def worded(word: str, about: str = "") -> str:
    """A word of a fixed list (`portal.words`) in the reader's language; another stays as it is.

    `about` says what it is a word of, where the word alone means two things.
    """
    if not word:
        return ""
    return pgettext(about, word) if about else gettext(word)


@register.filter
def account_words(account: Account) -> str:
    """An account of the ledger: of which contract, what it is for, and whose it is."""
    whose = f", {account.party.name}" if account.party else ""
    kind = gettext(account.get_kind_display())
    return f"{account.contract.code}: {kind}{whose} ({account.currency})"


@register.filter
def as_documents_say(words: str) -> str:
    """A step of the balance or the kind of a correction, in the words of printed statements."""
    return _reader().label(words)


@register.filter
def in_places(territory: Territory) -> str:
    """Where a share holds, in words: worldwide; Germany and Austria; worldwide except Canada."""
    if territory.is_world and not territory.world_but:
        return gettext("worldwide")
    locale = Locale.parse(TAGS.get(get_language() or "", BRITISH), sep="-")
    codes = territory.world_but or territory.only
    listed = format_list(
        sorted(locale.territories.get(code, code) for code in codes), locale=locale
    )
    return (
        gettext("worldwide except %(places)s") % {"places": listed}
        if territory.is_world
        else listed
    )


@register.filter
def many(thing: str) -> str:
    """ "parties" of "party": the name of a list of such things."""
    return f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"


@register.filter
def attributed_ppb(attribution: Attribution) -> int:
    """The part of a piece that some track accounts for."""
    return PPB - attribution.unattributed_ppb
