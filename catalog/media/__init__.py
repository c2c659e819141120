"""Music files from outside: which kind they are, and how long they sound.

Owns the list of kinds that are taken, their largest sizes, and the confined child process in which
hostile files are decoded. It knows neither Django nor where files are kept.
"""

from catalog.media.kinds import KINDS, MIDI, Kind, kind_of_content, kind_of_name
from catalog.media.probing import Prober
from catalog.media.reading import UnreadableMedia, checked_kind, read_inside

__all__ = [
    "KINDS",
    "MIDI",
    "Kind",
    "Prober",
    "UnreadableMedia",
    "checked_kind",
    "kind_of_content",
    "kind_of_name",
    "read_inside",
]
