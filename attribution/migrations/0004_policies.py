"""Who sees what of attribution (docs/concepts/who-sees-what.md), and what a platform's jobs write.

An attribution is its platform's, and every rights holder's one of whose tracks it names. There are
very many of them, so their policy is written for indexes: by track, and by a range of platforms,
which is one platform or, for system, all of them. `(SELECT tenant_sees_all()) OR ...` would keep
both indexes out of use.
"""

import django.db.models.deletion
from django.db import migrations, models

from common.database.policies import guard, tenant_set, tenant_value

# Whose a row is follows from its generation, whoever writes it, and its run must be the same
# platform's. This runs before the policies are asked.
PLATFORM = """
UPDATE attribution_attribution SET platform_id = generation.platform_id
  FROM attribution_generation generation WHERE generation.id = generation_id;

CREATE FUNCTION attribution_name_platform() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT generation.platform_id INTO NEW.platform_id
      FROM public.attribution_generation generation
      JOIN public.attribution_attributionrun run ON run.id = NEW.run_id
      JOIN public.attribution_featurestore store ON store.id = run.feature_store_id
      JOIN public.catalog_modelversion model
        ON model.id = store.model_version_id AND model.platform_id = generation.platform_id
     WHERE generation.id = NEW.generation_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Run % and generation % are not of one platform; '
            'attribute a piece with the features of its own platform.', NEW.run_id, NEW.generation_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION attribution_name_platform() FROM PUBLIC;

CREATE TRIGGER name_platform BEFORE INSERT OR UPDATE ON attribution_attribution
    FOR EACH ROW EXECUTE FUNCTION attribution_name_platform();
ALTER TABLE attribution_attribution ENABLE ALWAYS TRIGGER name_platform;
"""
# What the update touched is checked before the table is altered again.
CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;"
NO_PLATFORM = """
DROP TRIGGER name_platform ON attribution_attribution;
DROP FUNCTION attribution_name_platform();
"""

FUNCTIONS = [
    # The platforms whose attributions are shown, as a range: one for a platform, all for system.
    tenant_value(
        "tenant_first_platform",
        query="SELECT CASE WHEN tenant_sees_all() THEN -1 ELSE tenant_platform() END",
    ),
    tenant_value(
        "tenant_last_platform",
        query="SELECT CASE WHEN tenant_sees_all() THEN 9223372036854775807"
        " ELSE tenant_platform() END",
    ),
    tenant_set(
        "tenant_own_feature_stores",
        query="SELECT id FROM attribution_featurestore"
        " WHERE model_version_id IN (SELECT tenant_own_models())",
    ),
]

OWN = "platform_id = (SELECT tenant_platform())"
OWN_RUN = "feature_store_id IN (SELECT tenant_own_feature_stores())"
# What a platform writes of a piece names its own model and, once it has joined one, its own run.
OWN_PIECE = f"""{OWN} AND model_version_id IN (SELECT tenant_own_models())
    AND (arrival_run_id IS NULL OR EXISTS (
        SELECT FROM attribution_attributionrun run WHERE run.id = arrival_run_id AND {OWN_RUN}))"""

POLICIES = [
    guard(
        "attribution_attribution",
        see="track_ids && ARRAY(SELECT tenant_tracks())",
        add=OWN,
        system_sees="platform_id BETWEEN (SELECT tenant_first_platform())"
        " AND (SELECT tenant_last_platform())",
    ),
    guard(
        "attribution_generation",
        see=f"{OWN} OR (SELECT tenant_platform()) IS NULL AND EXISTS (SELECT"
        " FROM attribution_attribution named WHERE named.generation_id = attribution_generation.id)",
        add=OWN_PIECE,
        change=OWN_PIECE,
    ),
    guard("attribution_featurestore", see="model_version_id IN (SELECT tenant_models())"),
    guard(
        "attribution_attributionrun",
        see=f"{OWN_RUN} OR (SELECT tenant_platform()) IS NULL AND EXISTS (SELECT"
        " FROM attribution_attribution named WHERE named.run_id = attribution_attributionrun.id)",
        add=OWN_RUN,
        change=OWN_RUN,
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("attribution", "0003_arrivals"),
        ("catalog", "0004_policies"),
        ("database", "0001_tenant"),
    ]
    operations = [
        migrations.AddField(
            "attribution",
            "platform",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.platform",
            ),
        ),
        migrations.RunSQL(PLATFORM, NO_PLATFORM),
        migrations.RunSQL(CHECK_NOW, migrations.RunSQL.noop),
        migrations.AlterField(
            "attribution",
            "platform",
            models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.platform",
            ),
        ),
        *FUNCTIONS,
        *POLICIES,
    ]
