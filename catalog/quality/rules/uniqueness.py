"""What is there twice. Which tunes sound alike is the duplicates' affair, not a rule's."""

from functools import partial

from catalog.quality.rules.rule import Rule, Severity

rule = partial(Rule, dimension="uniqueness")

RULES = (
    rule(
        code="same-recording-other-isrc",
        severity=Severity.WARNING,
        subject="track",
        field="isrc",
        sentence="Title, version and artist are those of {other_ref} too, under another ISRC.",
        repair="Merge the two if they are one recording; else deliver what tells them apart.",
        query="""
        WITH named AS (
          SELECT id, ref, isrc, count(*) OVER same AS n, min(ref) OVER same AS first_ref,
                 max(ref) OVER same AS last_ref,
                 min(isrc) OVER same <> max(isrc) OVER same AS differs
            FROM catalog_track WHERE isrc <> '' AND artist <> '' AND merged_into_id IS NULL
          WINDOW same AS (PARTITION BY lower(btrim(title)), lower(btrim(version)),
                                       lower(btrim(artist))))
        SELECT id AS subject_id, CASE ref WHEN first_ref THEN last_ref ELSE first_ref END
               AS other_ref
          FROM named WHERE n > 1 AND differs""",
    ),
    rule(
        code="same-file-several-tracks",
        severity=Severity.ERROR,
        subject="track",
        field="file",
        sentence="{n} tracks have the very same file, such as {other_ref}; each would earn.",
        repair="Merge them, or deliver the right file of each.",
        query="""
        WITH same AS (
          SELECT id, ref, count(*) OVER f AS n, min(ref) OVER f AS first_ref,
                 max(ref) OVER f AS last_ref
            FROM catalog_track WHERE asset_id > 0 AND merged_into_id IS NULL
          WINDOW f AS (PARTITION BY asset_id))
        SELECT id AS subject_id, n, CASE ref WHEN first_ref THEN last_ref ELSE first_ref END
               AS other_ref
          FROM same WHERE n > 1""",
    ),
    rule(
        code="party-spelled-otherwise",
        severity=Severity.WARNING,
        subject="party",
        field="composer",
        sentence="“{name}” may be “{other_name}”, who is another party here.",
        repair="Merge them if they are one, or give each its IPI.",
        # Without case, accents' marks and punctuation, the words in order of the alphabet.
        query="""
        WITH spelled AS (
          SELECT id, name, ref, (SELECT string_agg(word, ' ' ORDER BY word) FROM unnest(
                   regexp_split_to_array(btrim(regexp_replace(lower(regexp_replace(
                     normalize(name, NFKD), '[\u0300-\u036f]', '', 'g')),
                     '[^[:alnum:]]+', ' ', 'g')), ' +')) word) AS key
            FROM catalog_party WHERE merged_into_id IS NULL),
        counted AS (
          SELECT *, min(name || ref) OVER k AS low, max(name || ref) OVER k AS high,
                 first_value(name) OVER (k ORDER BY name || ref) AS first_name,
                 first_value(name) OVER (k ORDER BY name || ref DESC) AS last_name
            FROM spelled WHERE key <> '' WINDOW k AS (PARTITION BY key))
        SELECT id AS subject_id, name,
               CASE name || ref WHEN low THEN last_name ELSE first_name END AS other_name
          FROM counted WHERE low <> high""",
    ),
)
