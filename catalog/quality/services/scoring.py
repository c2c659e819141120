"""Scores: how much of what earns is free of faults.

Each track is a subject, and each work that has no track. A subject keeps 100 less the cost of the
worst open finding about it, its work or a share in either (info 5, warning 20, error 60, blocking
100). A score is the mean over subjects, in which one that a model was trained on counts three
times: that is where money flows. What was accepted costs nothing until it is open again.
"""

import json
from datetime import date

from django.db import connection, transaction

from catalog.quality.models import Score
from catalog.quality.rules import Severity

TRAINED_WEIGHT = 3
_SUBJECTS = """
CREATE TEMP TABLE quality_subject ON COMMIT DROP AS
WITH cost AS (
  SELECT work_id, CASE WHEN subject = 'work' OR track_id IS NULL THEN NULL ELSE track_id END
         AS track_id, max((%(costs)s::jsonb ->> severity)::int) AS percent
    FROM quality_finding WHERE status = 'open' AND work_id > 0 GROUP BY 1, 2),
of_work AS (SELECT work_id, percent FROM cost WHERE track_id IS NULL),
of_track AS (SELECT track_id, percent FROM cost WHERE track_id > 0),
subject AS (
  SELECT track.id AS track_id, track.work_id, track.sender_id FROM catalog_track track
   WHERE track.merged_into_id IS NULL
  UNION ALL
  SELECT NULL, work.id, work.sender_id FROM catalog_work work
   WHERE work.merged_into_id IS NULL
     AND NOT EXISTS (SELECT FROM catalog_track t WHERE t.work_id = work.id))
SELECT subject.*, work.collection,
       CASE WHEN EXISTS (SELECT FROM catalog_trainingsettrack member
                          WHERE member.track_id = subject.track_id AND member.role = 'train')
            THEN %(trained_weight)s ELSE 1 END AS weight,
       greatest(coalesce(of_track.percent, 0), coalesce(of_work.percent, 0)) AS cost_percent
  FROM subject JOIN catalog_work work ON work.id = subject.work_id
  LEFT JOIN of_work ON of_work.work_id = subject.work_id
  LEFT JOIN of_track ON of_track.track_id = subject.track_id
"""
_SCORE = """
round(sum(weight * (100 - cost_percent)) * 100.0 / sum(weight))::int AS score,
count(*) AS subjects, count(*) FILTER (WHERE cost_percent >= %(error)s) AS faulty
"""
_SCORES = """
SELECT 'whole' AS scope, '' AS key, 'The whole catalogue' AS name, {score}
  FROM quality_subject HAVING count(*) > 0
UNION ALL
SELECT 'sender', sender.code, sender.name, {score}
  FROM quality_subject JOIN catalog_sender sender ON sender.id = sender_id GROUP BY sender.id
UNION ALL
SELECT 'collection', collection, collection, {score}
  FROM quality_subject WHERE collection <> '' GROUP BY collection
UNION ALL
SELECT 'party', party.ref, party.name, {score}
  FROM (SELECT held.party_id, own.* FROM quality_subject own
          JOIN catalog_share held ON held.work_id = own.work_id
         UNION
        SELECT held.party_id, own.* FROM quality_subject own
          JOIN catalog_share held ON held.track_id = own.track_id) subject
  JOIN catalog_party party ON party.id = party_id WHERE party.merged_into_id IS NULL
 GROUP BY party.id
"""
# Whole and senders have a row a day, for their trend; others only when they changed.
_KEEP = """
INSERT INTO quality_score (scope, key, name, day, score_hundredths, subject_count, faulty_count)
SELECT fresh.scope, fresh.key, fresh.name, %(day)s, score, subjects, faulty FROM ({scores}) fresh
  LEFT JOIN LATERAL (
    SELECT score_hundredths, subject_count, faulty_count FROM quality_score old
     WHERE old.scope = fresh.scope AND old.key = fresh.key AND old.day <= %(day)s
     ORDER BY old.day DESC LIMIT 1) last ON true
 WHERE fresh.scope IN ('whole', 'sender') OR (last.score_hundredths, last.subject_count,
       last.faulty_count) IS DISTINCT FROM (score, subjects, faulty)
ON CONFLICT (scope, key, day) DO UPDATE SET score_hundredths = excluded.score_hundredths,
   subject_count = excluded.subject_count, faulty_count = excluded.faulty_count,
   name = excluded.name
"""


@transaction.atomic
def keep_scores(*, day: date) -> Score | None:
    """Keep the scores of a day as findings now are; again on the day replaces them.

    Returns the whole catalogue's, or None where it is empty.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS quality_subject")
        costs = json.dumps({each.value: each.cost_percent for each in Severity})
        cursor.execute(_SUBJECTS, {"costs": costs, "trained_weight": TRAINED_WEIGHT})
        cursor.execute("ANALYZE quality_subject")
        scores = _SCORES.format(score=_SCORE)
        cursor.execute(
            _KEEP.format(scores=scores), {"day": day, "error": Severity.ERROR.cost_percent}
        )
    return Score.objects.filter(scope=Score.Scope.WHOLE, day=day).first()
