"""What is missing."""

from functools import partial

from catalog.quality.rules.rule import Rule, Severity, of_today

rule = partial(Rule, dimension="completeness")

RULES = (
    rule(
        code="recording-without-isrc",
        severity=Severity.WARNING,
        subject="track",
        field="isrc",
        sentence="The recording has no ISRC, so that usage reported by ISRC does not find it.",
        repair="Deliver its ISRC; who made the recording can have one assigned.",
        query="""
        SELECT track.id AS subject_id FROM catalog_track track
          LEFT JOIN catalog_asset asset ON asset.id = track.asset_id
         WHERE track.isrc = '' AND (asset.media_type <> 'audio/midi'
            OR EXISTS (SELECT FROM catalog_share s WHERE s.track_id = track.id))""",
    ),
    rule(
        code="work-without-iswc",
        severity=Severity.INFO,
        subject="work",
        field="iswc",
        sentence="The work has no ISWC, by which societies know works.",
        repair="Deliver its ISWC; a society assigns one once all writers are known.",
        query="SELECT id AS subject_id FROM catalog_work WHERE iswc = ''",
    ),
    rule(
        code="track-without-file",
        severity=Severity.WARNING,
        subject="track",
        field="file",
        sentence="The track is known by its description alone: nothing can be trained on it.",
        repair="Deliver its file under the same track_id.",
        query="SELECT id AS subject_id FROM catalog_track WHERE asset_id IS NULL",
    ),
    rule(
        code="work-without-writer",
        severity=Severity.ERROR,
        subject="work",
        field="composer",
        sentence="Nobody is named as composer or arranger, so that nobody is paid for the tune.",
        repair="Deliver the composer, or “Traditional” with a publisher or arranger.",
        query="""
        SELECT work.id AS subject_id FROM catalog_work work
         WHERE NOT EXISTS (SELECT FROM catalog_share s WHERE s.work_id = work.id
                             AND s.role IN ('composer', 'arranger'))
           AND NOT EXISTS (SELECT FROM catalog_credit c WHERE c.work_id = work.id
                             AND c.role IN ('composer', 'arranger'))""",
    ),
    rule(
        code="work-unclaimed",
        severity=Severity.ERROR,
        subject="work",
        field="composer_share_pct",
        sentence="Of the composition {held_percent} % is claimed; the rest is held unclaimed.",
        repair="Deliver the missing holders with their shares, or let them claim.",
        query=of_today("""
        SELECT work.id AS subject_id,
               round(coalesce(sum(share.share_ppm), 0) / 10000.0, 2)::float8 AS held_percent
          FROM catalog_work work
          LEFT JOIN catalog_share share ON share.work_id = work.id AND {valid}
         GROUP BY work.id HAVING coalesce(sum(share.share_ppm), 0) < 1000000"""),
    ),
    rule(
        code="work-without-language",
        severity=Severity.INFO,
        subject="work",
        field="language",
        sentence="A lyricist is named, and the language of the words is not.",
        repair="Deliver the language, such as de.",
        query="""
        SELECT DISTINCT work.id AS subject_id FROM catalog_work work
          JOIN catalog_share share ON share.work_id = work.id AND share.role = 'lyricist'
         WHERE work.language = ''""",
    ),
    rule(
        code="holder-without-identifier",
        severity=Severity.INFO,
        subject="party",
        field="composer_ipi",
        sentence="{name} holds {shares} shares and has neither an IPI nor an ISNI.",
        repair="Deliver the IPI name number, which the party's society knows.",
        query=of_today("""
        SELECT party.id AS subject_id, party.name, count(*) AS shares FROM catalog_party party
          JOIN catalog_share share ON share.party_id = party.id AND {valid}
         WHERE party.ipi_name = '' AND party.ipi_base = '' AND party.isni = ''
         GROUP BY party.id"""),
    ),
    rule(
        code="track-without-licence",
        severity=Severity.WARNING,
        subject="track",
        field="licence",
        sentence="The track has a file and does not say on what terms it may be used.",
        repair="Deliver the licence, such as CC0-1.0 or “by contract”.",
        query="SELECT id AS subject_id FROM catalog_track WHERE licence = '' AND asset_id > 0",
    ),
    rule(
        code="work-without-track",
        severity=Severity.INFO,
        subject="work",
        sentence="No track is of this work, so that it cannot earn.",
        repair="Deliver a recording or a score of it, or end its shares.",
        query="""
        SELECT work.id AS subject_id FROM catalog_work work WHERE NOT EXISTS (
          SELECT FROM catalog_track t WHERE t.work_id = work.id AND t.merged_into_id IS NULL)""",
    ),
)
