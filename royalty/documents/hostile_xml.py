"""XML that comes from outside, read without believing it.

A file is capped before it is parsed, a document type declaration is refused (every attack by
entities needs one), and depth is bounded. Owns no format.
"""

import xml.etree.ElementTree as ET
from xml.parsers import expat

from royalty.documents.refusals import Refusal, Words
from royalty.documents.refusals import words as _

MAX_BYTES = 50_000_000
_MAX_DEPTH = 40


class XmlError(Refusal):
    """A file that is not read; the message says why, beginning with what it was to be."""


def parse(content: bytes, what: Words) -> ET.Element:
    """The tree, built by expat itself, so that a declaration is seen before it is obeyed.

    Args:
        what: the file in words, as in "status report".

    Raises:
        XmlError: too large, not well-formed, nested too deep, or with a document type declaration.
    """
    if len(content) > MAX_BYTES:
        raise XmlError(
            _("The %(what)s has more than %(most)s bytes.", what=what, most=f"{MAX_BYTES:,}")
        )
    builder, depth = ET.TreeBuilder(), 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise XmlError(
                _("The %(what)s is nested deeper than %(most)s.", what=what, most=_MAX_DEPTH)
            )
        builder.start(_clark(tag), attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_clark(tag))

    def refuse(*_declared: object) -> None:
        raise XmlError(_("The %(what)s declares a document type; no bank needs one.", what=what))

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise XmlError(
            _("The %(what)s is not well-formed XML: %(error)s.", what=what, error=error)
        ) from error
    return builder.close()


def said(parent: ET.Element, path: str) -> str:
    """The text at a path on one line; empty where there is none."""
    return " ".join((parent.findtext(path) or "").split())


def _clark(tag: str) -> str:
    """Names as ElementTree writes them: {namespace}name."""
    return f"{{{tag}" if "}" in tag else tag
