"""What has passed, has not come yet, or soon ends."""

from functools import partial

from catalog.quality.rules.rule import Rule, Severity

rule = partial(Rule, dimension="timeliness")

RULES = (
    rule(
        code="consent-ends-soon",
        severity=Severity.WARNING,
        subject="track",
        field="consent_until",
        sentence="The last consent to train on the track ends on {until}.",
        repair="Ask for it to be prolonged, or leave the track out of coming training sets.",
        query="""
        SELECT track_id AS subject_id, max(valid_until)::text AS until FROM catalog_consent
         WHERE NOT is_opt_out AND use = 'training' GROUP BY track_id
        HAVING bool_and(valid_until IS NOT NULL)
           AND max(valid_until) > %(today)s AND max(valid_until) <= %(soon)s""",
    ),
    rule(
        code="released-in-the-future",
        severity=Severity.INFO,
        subject="track",
        field="released_on",
        sentence="The release is on {released_on}, which is to come.",
        repair="Look whether the day is right; 03/04 is read as people of two continents write it.",
        query="""
        SELECT id AS subject_id, released_on::text AS released_on FROM catalog_track
         WHERE released_on > %(today)s""",
    ),
    rule(
        code="released-before-recordings",
        severity=Severity.WARNING,
        subject="track",
        field="released_on",
        sentence="The release is said to be of {released_on}, before there were recordings.",
        repair="Deliver the day on which this recording came out, not the work.",
        query="""
        SELECT id AS subject_id, released_on::text AS released_on FROM catalog_track
         WHERE released_on < '1877-11-21'""",
    ),
    rule(
        code="shares-ended-without-successor",
        severity=Severity.ERROR,
        subject="work",
        field="shares_from",
        sentence="All shares of the composition have ended, the last on {ended_on}.",
        repair="Deliver who holds it since.",
        query="""
        SELECT work_id AS subject_id, max(valid_until)::text AS ended_on FROM catalog_share
         WHERE work_id > 0 GROUP BY work_id
        HAVING bool_and(valid_until IS NOT NULL) AND max(valid_until) <= %(today)s""",
    ),
    rule(
        code="share-begins-later",
        severity=Severity.INFO,
        subject="share",
        field="shares_from",
        sentence="The share of {name} begins on {valid_from}, more than a year from now.",
        repair="Look whether the year is right.",
        query="""
        SELECT share.id AS subject_id, party.name, share.valid_from::text AS valid_from
          FROM catalog_share share JOIN catalog_party party ON party.id = share.party_id
         WHERE share.valid_from > %(today)s::date + 365""",
    ),
)
