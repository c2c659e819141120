"""Names that are spelled otherwise: kept without what differs, and compared by their trigrams.

The work is PostgreSQL's (pg_trgm, with an index); numbers in titles must be the same ones, and more
than the name must speak for it: a party in common, an artist, a length.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from catalog.duplicates.models import Kind, Spelling, Subject
from catalog.duplicates.services.candidates import Pair, note
from catalog.duplicates.spelling import name_key, title_key
from catalog.models import Party, Track, Work

ROWS_AT_ONCE = 5_000
MOST_PAIRS = 200_000  # of one run; a catalogue of nothing but "Untitled" must not fill the disk

# Whoever wrote something; a publisher or an editor has too much to tell one song from another.
_PARTIES_OF_WORKS = """
    SELECT share.work_id, coalesce(party.merged_into_id, party.id) AS party_id
      FROM catalog_share share JOIN catalog_party party ON party.id = share.party_id
     WHERE share.work_id IS NOT NULL AND share.role IN ('composer', 'lyricist', 'arranger')
    UNION
    SELECT credit.work_id, coalesce(party.merged_into_id, party.id)
      FROM catalog_credit credit JOIN catalog_party party ON party.id = credit.party_id
     WHERE credit.work_id IS NOT NULL AND credit.role IN ('composer', 'lyricist', 'arranger')"""
# Every pair of a new name and any other that is like it, whichever of the two is new.
_ALIKE = """
WITH held AS MATERIALIZED ({held}), alike AS MATERIALIZED (
    SELECT DISTINCT least(new.thing_id, old.thing_id) AS first,
           greatest(new.thing_id, old.thing_id) AS second,
           similarity(new.key, old.key) AS likeness
      FROM duplicates_spelling new
      JOIN duplicates_spelling old
        ON old.of = new.of AND old.key %% new.key AND old.thing_id <> new.thing_id
       AND old.numbers = new.numbers
     WHERE new.of = %(of)s AND new.compared_at IS NULL AND new.key <> '' AND old.key <> '')
SELECT alike.first, alike.second, alike.likeness, name_a.key, name_b.key, shared.names
  FROM alike
  JOIN catalog_{of} a ON a.id = alike.first AND a.merged_into_id IS NULL
  JOIN catalog_{of} b ON b.id = alike.second AND b.merged_into_id IS NULL
  JOIN duplicates_spelling name_a ON name_a.of = %(of)s AND name_a.thing_id = a.id
  JOIN duplicates_spelling name_b ON name_b.of = %(of)s AND name_b.thing_id = b.id
  CROSS JOIN LATERAL ({shared}) AS shared
 WHERE {further}
 ORDER BY alike.likeness DESC, alike.first, alike.second LIMIT {most}
"""
_IN_COMMON = {
    "work": """SELECT array_agg(DISTINCT party.name ORDER BY party.name) AS names
         FROM held one JOIN held two ON two.party_id = one.party_id AND two.work_id = b.id
         JOIN catalog_party party ON party.id = one.party_id WHERE one.work_id = a.id""",
    "party": """SELECT (array_agg(DISTINCT work.title ORDER BY work.title))[:5] AS names
         FROM held one JOIN held two ON two.work_id = one.work_id AND two.party_id = b.id
         JOIN catalog_work work ON work.id = one.work_id WHERE one.party_id = a.id""",
    "track": "SELECT ARRAY[a.artist]::varchar[] AS names",
}
_FURTHER = {
    "work": "shared.names IS NOT NULL AND alike.likeness >= 0.6",
    # Two with different IPI numbers are two people, unless somebody mends the numbers first.
    "party": """(a.ipi_name = '' OR b.ipi_name = '') AND (a.isni = '' OR b.isni = '')
        AND (shared.names IS NOT NULL AND alike.likeness >= 0.5 OR name_a.key = name_b.key)""",
    "track": """a.artist <> '' AND b.artist <> '' AND alike.likeness >= 0.8 AND NOT EXISTS (
        SELECT FROM catalog_asset one, catalog_asset two
         WHERE one.id = a.asset_id AND two.id = b.asset_id
           AND abs(one.seconds - two.seconds) > 0.05 * greatest(one.seconds, two.seconds))""",
}
_SAME_BASE = """
SELECT a.id, b.id, a.ipi_base FROM catalog_party a
  JOIN catalog_party b ON b.ipi_base = a.ipi_base AND b.id > a.id
 WHERE a.ipi_base <> '' AND a.merged_into_id IS NULL AND b.merged_into_id IS NULL
"""
Key = tuple[str, str]
_MODELS: Mapping[Subject, tuple[type[Model], tuple[str, ...], Callable[..., Key]]] = {
    Subject.WORK: (Work, ("title", "version"), title_key),
    Subject.TRACK: (Track, ("title", "version", "artist"), title_key),
    Subject.PARTY: (Party, ("name",), name_key),
}


def compare_names() -> int:
    """Bring all spellings up to date and compare those that are new; returns new candidates."""
    n_new = note(
        Subject.PARTY,
        Kind.IDENTIFIER,
        (
            Pair(first, second, 0.95, {"identifier": "IPI base number", "value": value})
            for first, second, value in _rows(_SAME_BASE, {})
        ),
    )
    for subject in _MODELS:
        _spell(subject)
        with transaction.atomic():
            n_new += note(subject, Kind.SPELLING, _alike(subject))
            waiting = Spelling.objects.filter(of=subject, compared_at=None)
            waiting.update(compared_at=timezone.now())
    return n_new


def _spell(subject: Subject) -> None:
    """Write the spellings that are missing, or whose names changed; those are compared again."""
    model, fields, key_of = _MODELS[subject]
    known = {
        thing_id: (key, numbers)
        for thing_id, key, numbers in Spelling.objects.filter(of=subject).values_list(
            "thing_id", "key", "numbers"
        )
    }
    changed = []
    for pk, *texts in model._default_manager.values_list("pk", *fields).iterator():
        key = key_of(*texts)
        if known.get(pk) != key:
            changed.append(Spelling(of=subject, thing_id=pk, key=key[0], numbers=key[1]))
    Spelling.objects.bulk_create(
        changed,
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["of", "thing_id"],
        update_fields=["key", "numbers", "compared_at"],
    )


def _alike(subject: Subject) -> Iterator[Pair]:
    statement = _ALIKE.format(
        of=subject.value,
        held=_PARTIES_OF_WORKS,
        shared=_IN_COMMON[subject],
        further=_FURTHER[subject],
        most=MOST_PAIRS,
    )
    least = "SET LOCAL pg_trgm.similarity_threshold = 0.5"
    for first, second, likeness, key_a, key_b, names in _rows(
        statement, {"of": subject.value}, before=least
    ):
        evidence = {
            "keys": [key_a, key_b],
            "similarity_ppm": round(likeness * 1_000_000),
            "shared": [name for name in names or [] if name],
        }
        yield Pair(first, second, 0.9 * likeness if names else 0.6 * likeness, evidence)


def _rows(statement: str, parameters: dict[str, str], before: str = "") -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        if before:
            cursor.execute(before)
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
