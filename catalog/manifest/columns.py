"""The columns of a manifest, into which every format is read; every other column is ignored."""

# Which right a role has its share in.
ROLES = {
    "composer": "composition",
    "lyricist": "composition",
    "publisher": "composition",
    "performer": "recording",
    "label": "recording",
}
REQUIRED_COLUMNS = ("track_id", "file", "title")
KNOWN_COLUMNS = (
    *REQUIRED_COLUMNS,
    "sha256",
    "collection",
    "genre",
    "licence",
    "source_url",
    "consent_from",
    "consent_basis",
    "shares_from",
    *(f"{role}{suffix}" for role in ROLES for suffix in ("", "_wikidata", "_share_pct")),
)
