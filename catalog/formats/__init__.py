"""The formats in which catalogues are delivered, all read into rows of text under our columns.

Pure readers: they know the manifest's columns and faults, and neither Django, nor the catalogue,
nor what a cell means. Nothing in a file is trusted: sizes, depths and counts are limited before
anything is kept, and what C or Rust code parses is parsed in a child process with limits of its
own.
"""

from catalog.formats.archives import unpack
from catalog.formats.mapping import Suggestion, suggest_mapping
from catalog.formats.opening import open_delivery
from catalog.formats.source import Source, SourceRow
from catalog.formats.zipped import BadArchive

__all__ = [
    "BadArchive",
    "Source",
    "SourceRow",
    "Suggestion",
    "open_delivery",
    "suggest_mapping",
    "unpack",
]
