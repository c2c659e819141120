"""The catalogues of translations: what is to be translated, and the compiled form of it.

    python -m config.translations          # brings the .po and .mo files below locale/ up to date
    python -m config.translations --check  # says what is missing, and fails if anything is

Messages are taken from templates and Python by Babel, so that no GNU gettext has to be installed.
Catalogues carry no line numbers and no dates: they change where a sentence does, and only there.
Owns neither the German (people write it into the .po) nor which language a page speaks.
"""

import io
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("accounts", "catalog", "attribution", "royalty", "portal", "templates")
LANGUAGES = ("de",)
# What Babel's header would say besides: dates, versions, and people who do not exist.
UNSAID = (
    *("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Project-Id-Version"),
    *("Report-Msgid-Bugs-To", "Last-Translator", "Language-Team"),
)
# The compiled form has a date of its making; with this one the same sentences make the same file.
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
VALUE = re.compile(r"%\(\w+\)[sd]|\{\w*\}|<[^>]*>")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def extracted() -> Catalog:
    """All messages of the code, each with the files it comes from, by their texts."""
    catalog = Catalog(charset="utf-8")
    for path in sorted(_sources()):
        place = path.relative_to(ROOT).as_posix()
        for context, message, comments in _messages(path):
            catalog.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalog


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        for path in (ROOT / name).rglob("*"):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def _messages(path: Path) -> Iterator[tuple[str | None, Any, list[str]]]:
    """Context, text (or one and many) and comments of each message of a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":  # as Python whose indentation means nothing
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    found = extract("python", io.BytesIO(text.encode()), KEYWORDS, comment_tags=("Translators:",))
    for _line, message, comments, context in found:
        yield context, message, comments


def path_of(language: str, suffix: str = "po") -> Path:
    """Where a language's catalogue is."""
    return ROOT / "locale" / language / "LC_MESSAGES" / f"django.{suffix}"


def known(language: str) -> Catalog:
    """What is translated so far; an empty catalogue where nothing is."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """The catalogue as it is, with the messages that the code has, and none that it has not."""
    catalog, template = known(language), extracted()
    template.creation_date = catalog.creation_date
    catalog.update(template, no_fuzzy_matching=True)
    catalog.fuzzy, catalog.header_comment = False, f"# Tantieme, {language}"
    catalog.obsolete.clear()
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """The catalogue as text, always the same for the same messages."""
    text = io.BytesIO()
    write_po(text, catalog, width=100, sort_output=True, include_lineno=False, omit_header=False)
    changing = tuple(f'"{name}'.encode() for name in UNSAID)
    lines = text.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(changing))


def as_mo(catalog: Catalog) -> bytes:
    """The catalogue as the program reads it."""
    said = read_po(io.BytesIO(as_po(catalog)), locale=catalog.locale)
    for message in [each for each in said if each.id and not _is_translated(each)]:
        said.delete(message.id, message.context)  # shown in English, and not as nothing
    said.creation_date = said.revision_date = NO_DATE
    compiled = io.BytesIO()
    write_mo(compiled, said)
    return compiled.getvalue()


def _is_translated(message: Message) -> bool:
    said = message.string or ""
    return all([said] if isinstance(said, str) else said)


def faults(catalog: Catalog) -> Iterator[str]:
    """What is not translated, or not so that it could be said."""
    for message in catalog:
        if not message.id:
            continue
        text = _first(message)
        if not _is_translated(message):
            yield f"“{text}” has no translation."
            continue
        if message.fuzzy:
            yield f"The translation of “{text}” is a guess; correct it and take its mark away."
        yield from (f"“{text}”: {error}" for error in message.check(catalog))
        if _values(message.id) != _values(message.string or ""):
            yield f"“{text}” and its translation name different values."


def _values(said: str | Sequence[str]) -> set[str]:
    """The placeholders of a text, or of the last of its plural forms."""
    return set(VALUE.findall(said if isinstance(said, str) else said[-1]))


def _first(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, tuple) else message.id)


def main(arguments: list[str]) -> int:
    """Bring the catalogues up to date, or only say whether they are."""
    wrong = []
    for language in LANGUAGES:
        catalog = updated(language)
        written = {"po": as_po(catalog), "mo": as_mo(catalog)}
        for suffix, content in written.items():
            path = path_of(language, suffix)
            if "--check" not in arguments:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            elif not path.exists() or path.read_bytes() != content:
                wrong.append(f"{path.relative_to(ROOT)} is not up to date.")
        wrong += [f"{language}: {fault}" for fault in faults(catalog)]
    print("\n".join(wrong) or "Every sentence is translated.")  # noqa: T201 a command
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
