"""Whether two MIDI files hold the same music, in whatever key, tempo, cut or encoding.

    notes       a file's notes in quarters and seconds, with its bars
    shingles    its tunes as hashes that transposing and stretching leave as they are
    matching    which of many files share rare hashes: candidates, quickly
    alignment   of two files, which bars match, how far transposed, how much of the notes agree

Pure numpy over symusic's reader; it knows neither Django nor where files are kept.
"""

from catalog.duplicates.melody.alignment import LEAST_SCORE, Alignment, align
from catalog.duplicates.melody.matching import Found, Index
from catalog.duplicates.melody.notes import Notes, UnreadableNotes, notes_sha256, read_notes
from catalog.duplicates.melody.shingles import fingerprint

__all__ = [
    "LEAST_SCORE",
    "Alignment",
    "Found",
    "Index",
    "Notes",
    "UnreadableNotes",
    "align",
    "fingerprint",
    "notes_sha256",
    "read_notes",
]
