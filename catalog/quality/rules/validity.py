"""What is there and cannot be right."""

from functools import partial

from catalog.quality.rules.rule import Rule, Severity

rule = partial(Rule, dimension="validity")


_TITLES = "SELECT id AS subject_id, title FROM catalog_track WHERE "


def _titles(condition: str) -> str:
    return _TITLES + condition


RULES = (
    rule(
        code="title-with-mojibake",
        severity=Severity.ERROR,
        subject="track",
        field="title",
        sentence="“{title}” was read in the wrong encoding.",
        repair="Export the file as UTF-8 and deliver it again.",
        # UTF-8 of Latin letters, read as Windows-1252: Ã¼ for ü, â€™ for ’.
        query=_titles("title ~ '(Ã[\u0080-¿]|Â[\u00a0-¿]|â€|\ufffd)'"),
    ),
    rule(
        code="title-is-a-place-holder",
        severity=Severity.ERROR,
        subject="track",
        field="title",
        sentence="“{title}” is no title but a place holder.",
        repair="Deliver the title under which it was released.",
        query=_titles(
            "title ~* '^((audio )?track|untitled|unknown|titel|piste)[ _#-]*[0-9]*$'"
            " OR title ~* '\\.(mid|midi|wav|mp3|flac|ogg)$'"
        ),
    ),
    rule(
        code="title-in-capitals",
        severity=Severity.INFO,
        subject="track",
        field="title",
        sentence="“{title}” is written in capitals alone.",
        repair="Deliver the title as it stands on the sleeve.",
        query=_titles("title = upper(title) AND title <> lower(title) AND length(title) > 8"),
    ),
    rule(
        code="title-with-version",
        severity=Severity.INFO,
        subject="track",
        field="version",
        sentence="“{title}” has the version in its title.",
        repair="Deliver it in the column version, so that versions of a song are told apart.",
        query=_titles(
            "version = '' AND title ~* '[(\\[][^)\\]]*"
            "\\m(remix|live|remaster(ed)?|instrumental|edit|acoustic|demo)\\M[^)\\]]*[)\\]]$'"
        ),
    ),
    rule(
        code="artist-is-a-place-holder",
        severity=Severity.WARNING,
        subject="track",
        field="artist",
        sentence="The artist is “{artist}”, which is nobody.",
        repair="Deliver the main artist of this recording.",
        query="""
        SELECT id AS subject_id, artist FROM catalog_track
         WHERE artist ~* '^(unknown|various|various artists|va|n/?a|none|artist|tba)[. ]*$'""",
    ),
    rule(
        code="title-with-stray-spaces",
        severity=Severity.INFO,
        subject="track",
        field="title",
        sentence="“{title}” has spaces at its ends, or several in a row.",
        repair="Deliver the title without them; two spellings look like two songs.",
        query=_titles("title <> btrim(title) OR title ~ '\\s\\s'"),
    ),
    rule(
        code="isrc-of-no-country",
        severity=Severity.WARNING,
        subject="track",
        field="isrc",
        sentence="The ISRC {isrc} begins with {prefix}, which is no registrant's prefix.",
        repair="Compare it with the ISRC database of the IFPI and deliver the right one.",
        query="""
        SELECT id AS subject_id, isrc, left(isrc, 2) AS prefix FROM catalog_track
         WHERE isrc <> '' AND left(isrc, 2) <> ALL (%(isrc_prefixes)s)""",
    ),
    rule(
        code="file-too-short",
        severity=Severity.ERROR,
        subject="track",
        field="file",
        sentence="The file sounds for {seconds} seconds, so it is a stub or was cut off.",
        repair="Deliver the whole piece.",
        query="""
        SELECT track.id AS subject_id, round(asset.seconds::numeric, 1)::float8 AS seconds
          FROM catalog_track track JOIN catalog_asset asset ON asset.id = track.asset_id
         WHERE asset.seconds < 5""",
    ),
    rule(
        code="file-too-long",
        severity=Severity.WARNING,
        subject="track",
        field="file",
        sentence="The file sounds for {minutes} minutes: a whole album, or a hanging note?",
        repair="Deliver each piece as a file of its own.",
        query="""
        SELECT track.id AS subject_id, round(asset.seconds::numeric / 60)::int AS minutes
          FROM catalog_track track JOIN catalog_asset asset ON asset.id = track.asset_id
         WHERE asset.seconds > 1800""",
    ),
    rule(
        code="recording-silent",
        severity=Severity.ERROR,
        subject="track",
        field="file",
        sentence="The recording is silent: in {seconds} seconds nothing passes -60 dB.",
        repair="Deliver the recording itself; nothing is learnt from silence, nor earned by it.",
        query="""
        SELECT track.id AS subject_id, round(asset.seconds::numeric, 1)::float8 AS seconds
          FROM catalog_track track JOIN catalog_asset asset ON asset.id = track.asset_id
         WHERE (asset.measured ->> 'silent_start_seconds')::float8 >= asset.seconds""",
    ),
    rule(
        code="recording-clipped",
        severity=Severity.WARNING,
        subject="track",
        field="file",
        sentence="The recording is cut off at full scale in {runs} places, more than one a second.",
        repair="Deliver the master from before it was made louder.",
        query="""
        SELECT track.id AS subject_id, (asset.measured ->> 'clipped_runs')::int AS runs
          FROM catalog_track track JOIN catalog_asset asset ON asset.id = track.asset_id
         WHERE (asset.measured ->> 'clipped_runs')::float8 > asset.seconds""",
    ),
)
