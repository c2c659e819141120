"""The columns of a manifest, into which every format is read; every other column is ignored."""

# Which right a role has its share in.
ROLES = {
    "composer": "composition",
    "lyricist": "composition",
    "arranger": "composition",
    "publisher": "composition",
    "sub_publisher": "composition",
    "performer": "recording",
    "featured_performer": "recording",
    "session_performer": "recording",
    "label": "recording",
    "editor": "recording",
}
# By what a party is recognised apart from its name.
PARTY_IDS = ("wikidata", "ipi", "isni", "ddex")
REQUIRED_COLUMNS = ("title",)
# A row describes a track; one with a work_id and no track_id a work alone.
KNOWN_COLUMNS = (
    "track_id",
    "work_id",
    "file",
    "sha256",
    *REQUIRED_COLUMNS,
    "version",
    "work_title",
    "artist",
    "isrc",
    "iswc",
    "release_title",
    "release_ean",
    "released_on",
    "language",
    "collection",
    "genre",
    "licence",
    "source_url",
    "version_of",
    "territory",
    "shares_from",
    "consent_from",
    "consent_basis",
    "consent_until",
    *(
        f"{role}{suffix}"
        for role in ROLES
        for suffix in ("", *(f"_{kind}" for kind in PARTY_IDS), "_share_pct")
    ),
)
