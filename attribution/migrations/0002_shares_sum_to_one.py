"""What the database itself checks of a packed attribution row."""

from django.db import migrations

GUARD = """
CREATE FUNCTION attribution_is_whole(
    track_ids bigint[], share_ppb integer[], low_ppb integer[], high_ppb integer[],
    unattributed_ppb integer
) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT cardinality(track_ids) = cardinality(share_ppb)
        AND cardinality(track_ids) = cardinality(low_ppb)
        AND cardinality(track_ids) = cardinality(high_ppb)
        AND unattributed_ppb + coalesce((SELECT sum(share) FROM unnest(share_ppb) share), 0)
            = 1000000000
        AND NOT EXISTS (
            SELECT FROM unnest(share_ppb, low_ppb, high_ppb) each(share, low, high)
            WHERE share <= 0 OR low < 0 OR low > share OR high < share
        )
        AND cardinality(track_ids) = (SELECT count(DISTINCT track) FROM unnest(track_ids) track)
$$;
ALTER TABLE attribution_attribution ADD CONSTRAINT attribution_rows_are_whole
    CHECK (attribution_is_whole(track_ids, share_ppb, low_ppb, high_ppb, unattributed_ppb));
"""

UNGUARD = """
ALTER TABLE attribution_attribution DROP CONSTRAINT attribution_rows_are_whole;
DROP FUNCTION attribution_is_whole;
"""


class Migration(migrations.Migration):
    dependencies = [("attribution", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
