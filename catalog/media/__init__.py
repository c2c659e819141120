"""Music files from outside: which kind they are, and how long they sound.

Owns the list of kinds that are taken, their largest sizes, and the confined child process in which
hostile files are decoded. It knows neither Django nor where files are kept.
"""

from catalog.media.kinds import MIDI, Kind, kind_of_content
from catalog.media.measures import Measures
from catalog.media.outline import Outline
from catalog.media.probing import Prober
from catalog.media.reading import UnreadableMedia, checked_kind, read_inside

__all__ = [
    "MIDI",
    "Kind",
    "Measures",
    "Outline",
    "Prober",
    "UnreadableMedia",
    "checked_kind",
    "kind_of_content",
    "read_inside",
]
