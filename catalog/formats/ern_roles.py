"""Which of our roles the roles of a NewReleaseMessage are (DDEX allowed value sets).

A role that is not listed (photographer, producer, mastering engineer) holds no right that we know
and is not read.
"""

DISPLAY_ARTIST_ROLES = {
    "MainArtist": ("performer",),
    "Artist": ("performer",),
    "FeaturedArtist": ("featured_performer",),
    "Composer": ("composer",),
}
_WRITERS = {
    "Composer": ("composer",),
    "ComposerLyricist": ("composer", "lyricist"),
    "Lyricist": ("lyricist",),
    "Author": ("lyricist",),
    "Librettist": ("lyricist",),
    "Translator": ("lyricist",),
    "Adapter": ("arranger",),
    "Arranger": ("arranger",),
    "MusicArranger": ("arranger",),
    "MusicPublisher": ("publisher",),
    "OriginalPublisher": ("publisher",),
    "SubPublisher": ("sub_publisher",),
}
_SESSION = (
    "AssociatedPerformer",
    "BackgroundVocalist",
    "Choir",
    "Conductor",
    "Ensemble",
    "Musician",
    "Orchestra",
    "Soloist",
    "StudioMusician",
    "Vocalist",
)
CONTRIBUTOR_ROLES = {
    **_WRITERS,
    **DISPLAY_ARTIST_ROLES,
    **dict.fromkeys(_SESSION, ("session_performer",)),
    "Editor": ("editor",),
    "MusicEditor": ("editor",),
}
