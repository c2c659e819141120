"""DDEX ERN 4 through lxml, in the child process: a NewReleaseMessage, one row for each recording.

A message names its releases after its recordings, so it is read twice: first parties and releases,
which are few, then the recordings one by one, each let go as soon as it is a row. Documents with a
DOCTYPE are refused before anything in them could be expanded.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from lxml import etree

from catalog.formats.child import Refused
from catalog.formats.ern_recording import Element, Message, cells_of, party_of, release_of, text
from catalog.formats.source import CellFault, checked_cells
from catalog.manifest.faults import quote

MOST_PARTIES = 100_000
_NAMESPACE = re.compile(r"https?://ddex\.net/xml/ern/(?P<version>[0-9]+)(?:/.*)?")
_HARMLESS = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def read(handle: BinaryIO, options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells of every sound recording, or what is wrong with it.

    Raises:
        Refused: no NewReleaseMessage of ERN 4, a DOCTYPE, or XML that breaks off.
    """
    del options
    message = Message()
    for element in _items(handle):
        if element.tag == "Party":
            reference, party = party_of(element)
            message.parties[reference] = party
            if len(message.parties) > MOST_PARTIES:
                raise Refused(f"The message names more than {MOST_PARTIES:,} parties.")
        elif element.tag in ("Release", "TrackRelease"):
            references, release = release_of(element)
            for reference in references:
                known = message.release_of.get(reference)
                if known is None or element.tag == "Release":  # tracks add nothing to their album
                    message.release_of[reference] = release
    handle.seek(0)
    for element in _items(handle):
        if element.tag == "SoundRecording":
            yield _answer(element, message)


def _answer(recording: Element, message: Message) -> dict[str, Any]:
    place = f"SoundRecording {text(recording, 'ResourceReference') or '(without reference)'}"
    try:
        return {"place": place, "cells": checked_cells(cells_of(recording, message))}
    except CellFault as fault:
        return {"place": place, "column": fault.column, "fault": str(fault)}


def _items(handle: BinaryIO) -> Iterator[Element]:
    """The members of the message's lists, one at a time, without namespaces in their names."""
    depth = 0
    try:
        for event, element in etree.iterparse(handle, events=("start", "end"), **_HARMLESS):
            if event == "start":
                depth += 1
                if depth == 1:
                    _check_root(element)
                continue
            depth -= 1
            if isinstance(element.tag, str) and element.tag.startswith("{"):
                element.tag = etree.QName(element).localname
            if depth == 2:
                yield element
                _let_go(element)
    except etree.XMLSyntaxError as error:
        reason = " ".join(str(error.msg).split())[:200]
        raise Refused(f"The file is no whole XML document: {reason}.") from error


def _let_go(element: Element) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _check_root(root: Element) -> None:
    if root.getroottree().docinfo.doctype:
        raise Refused("The file has a DOCTYPE, which no DDEX message has; remove it.")
    name = etree.QName(root)
    found = _NAMESPACE.fullmatch(name.namespace or "")
    if found is None:
        raise Refused(f"{quote(name.localname)} is no DDEX ERN message; send a NewReleaseMessage.")
    if not found["version"].startswith("4"):
        version = found["version"]
        raise Refused(f"The message is ERN {version[0]}.{version[1:]}; send ERN 4.1.1 or later.")
    if name.localname != "NewReleaseMessage":
        raise Refused(f"A {name.localname} is not read; send a NewReleaseMessage.")
