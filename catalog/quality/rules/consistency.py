"""What contradicts something else that the catalogue says."""

from functools import partial

from catalog.quality.rules.rule import Rule, Severity, of_today

rule = partial(Rule, dimension="consistency")

_OVER = """
WITH valid AS (SELECT share.{owner}_id AS owner, share.territory, share.share_ppm
                 FROM catalog_share share WHERE share.{owner}_id > 0 AND {valid}),
simple AS (SELECT owner FROM valid GROUP BY owner HAVING sum(share_ppm) > 1000000),
places AS (SELECT DISTINCT valid.owner, lower(part) AS place
             FROM valid JOIN simple USING (owner), unnest(valid.territory) AS part),
sums AS (SELECT places.owner, places.place, sum(valid.share_ppm) AS ppm
           FROM places JOIN valid
             ON valid.owner = places.owner AND valid.territory @> places.place
          GROUP BY 1, 2)
SELECT owner AS subject_id, round(max(ppm) / 10000.0, 2)::float8 AS claimed_percent
  FROM sums GROUP BY owner HAVING max(ppm) > 1000000"""


def _over(owner: str) -> str:
    """Where shares of one right sum to more than the whole in any country.

    Countries that no share tells apart have the same sum, so it is enough to look where some
    share's territory begins.
    """
    return of_today(_OVER.replace("{owner}", owner))


RULES = (
    rule(
        code="work-claimed-over",
        severity=Severity.BLOCKING,
        subject="work",
        field="composer_share_pct",
        sentence="Of the composition {claimed_percent} % is claimed; what is contested is held.",
        repair="Ask the holders to agree, and deliver shares that sum to 100.",
        query=_over("work"),
    ),
    rule(
        code="recording-claimed-over",
        severity=Severity.BLOCKING,
        subject="track",
        field="label_share_pct",
        sentence="Of the recording {claimed_percent} % is claimed; what is contested is held.",
        repair="Ask the holders to agree, and deliver shares that sum to 100.",
        query=_over("track"),
    ),
    rule(
        code="public-licence-held-by-label",
        severity=Severity.WARNING,
        subject="track",
        field="licence",
        sentence="The licence {licence} gives the recording to everybody, and {name} holds it.",
        repair="Correct the licence, or end the label's share.",
        query=of_today("""
        SELECT DISTINCT ON (track.id) track.id AS subject_id, track.licence, party.name
          FROM catalog_track track
          JOIN catalog_share share ON share.track_id = track.id AND share.role = 'label'
               AND {valid}
          JOIN catalog_party party ON party.id = share.party_id
         WHERE track.licence ~* '^(cc0|public domain|pdm)' ORDER BY track.id, party.name"""),
    ),
    rule(
        code="consent-without-share",
        severity=Severity.ERROR,
        subject="track",
        field="consent_basis",
        sentence="Training is allowed by “{basis}”, and nobody holds a share of the {right}.",
        repair="Deliver who holds it; without that nobody can have agreed, nor be paid.",
        query=of_today("""
        SELECT DISTINCT ON (track.id) track.id AS subject_id, consent.basis, consent.right
          FROM catalog_consent consent JOIN catalog_track track ON track.id = consent.track_id
         WHERE NOT consent.is_opt_out AND consent.valid_from <= %(today)s
           AND coalesce(consent.valid_until > %(today)s, true)
           AND NOT EXISTS (SELECT FROM catalog_share share WHERE {valid}
                 AND ((consent.right = 'composition' AND share.work_id = track.work_id)
                   OR (consent.right = 'recording' AND share.track_id = track.id)))
         ORDER BY track.id, consent.right"""),
    ),
    rule(
        code="consent-before-release",
        severity=Severity.INFO,
        subject="track",
        field="consent_from",
        sentence="Training is allowed from {consent_from}, before the release on {released_on}.",
        repair="Look whether consent was meant to begin with the release.",
        query="""
        SELECT track.id AS subject_id, min(consent.valid_from)::text AS consent_from,
               track.released_on::text AS released_on
          FROM catalog_track track
          JOIN catalog_consent consent ON consent.track_id = track.id AND NOT consent.is_opt_out
         WHERE consent.valid_from < track.released_on GROUP BY track.id""",
    ),
    rule(
        code="shares-of-merged",
        severity=Severity.ERROR,
        subject="share",
        sentence="The share is {name}'s, a party that was merged into another.",
        repair="Undo the merge, or give the share to the party that remains.",
        query=of_today("""
        SELECT share.id AS subject_id, party.name FROM catalog_share share
          JOIN catalog_party party ON party.id = share.party_id
         WHERE party.merged_into_id > 0 AND {valid}"""),
    ),
    rule(
        code="company-composes",
        severity=Severity.WARNING,
        subject="share",
        field="composer",
        sentence="{name} is a {kind}, and {role} of the work.",
        repair="Deliver the person; a company can be the publisher.",
        query=of_today("""
        SELECT share.id AS subject_id, party.name, party.kind, share.role FROM catalog_share share
          JOIN catalog_party party ON party.id = share.party_id
         WHERE share.role IN ('composer', 'lyricist') AND party.kind IN ('company', 'society')
           AND {valid}"""),
    ),
    rule(
        code="track-titled-unlike-its-work",
        severity=Severity.INFO,
        subject="track",
        field="work_title",
        sentence="“{title}” is a track of the work “{work_title}”.",
        repair="Look whether it is a track of that work.",
        query="""
        SELECT track.id AS subject_id, track.title, work.title AS work_title
          FROM catalog_track track JOIN catalog_work work ON work.id = track.work_id
         WHERE similarity(track.title, work.title) < 0.1""",
    ),
)
