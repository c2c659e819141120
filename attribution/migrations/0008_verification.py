"""Which features of platforms were drawn to be verified, by which lot, and what was found."""

import common.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from common.database.policies import guard

OWN_FEATURES = """EXISTS (SELECT FROM attribution_generationfeatures features
    JOIN attribution_generation piece ON piece.id = features.generation_id
    WHERE features.id = features_id AND piece.platform_id = (SELECT tenant_platform()))"""
# These tables have policies of their own, which hold here as well.
OWN_DRAW = "EXISTS (SELECT FROM attribution_featuredraw draw WHERE draw.id = draw_id)"
SEEN_FEATURES = """EXISTS (SELECT FROM attribution_generationfeatures features
    WHERE features.id = features_id)"""
REVEALED = """revealed_at IS NOT NULL
    AND EXISTS (SELECT FROM attribution_drawseed seed WHERE seed.id = seed_id)"""
OWN_PIECE = """EXISTS (SELECT FROM attribution_generation piece
    WHERE piece.id = generation_id AND piece.platform_id = (SELECT tenant_platform()))
    AND feature_store_id IN (SELECT tenant_own_feature_stores())"""


def _features(add: str) -> migrations.RunPython:
    """Whoever sees a piece sees its features, and its platform adds them under this condition."""
    return guard(
        "attribution_generationfeatures",
        see="EXISTS (SELECT FROM attribution_generation piece WHERE piece.id = generation_id)",
        add=add,
        change=OWN_PIECE,
    )


POLICIES = [
    migrations.RunPython(
        _features(f"{OWN_PIECE} AND standing = 'unverified'").code, _features(OWN_PIECE).code
    ),
    guard("attribution_drawseed", see="model_version_id IN (SELECT tenant_own_models())"),
    guard("attribution_drawsecret", see=REVEALED),
    guard("attribution_featuredraw", see=OWN_FEATURES),
    guard("attribution_featureopening", see=OWN_DRAW, add=OWN_DRAW),
    guard("attribution_featurefinding", see=SEEN_FEATURES),
]
KEPT = ("drawseed", "featuredraw", "featureopening", "featurefinding")
GUARDS = """
CREATE FUNCTION attribution_refuse_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only, so % is refused: what was drawn and found stays.',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
REVOKE EXECUTE ON FUNCTION attribution_refuse_change() FROM PUBLIC;

CREATE FUNCTION attribution_guard_secret() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.id, NEW.seed_id, NEW.secret) IS DISTINCT FROM
        (OLD.id, OLD.seed_id, OLD.secret) OR OLD.revealed_at IS NOT NULL THEN
        RAISE EXCEPTION 'The secret of a lot stays as it was committed to; it is revealed once.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION attribution_guard_secret() FROM PUBLIC;
CREATE TRIGGER guard_secret BEFORE UPDATE OR DELETE ON attribution_drawsecret
    FOR EACH ROW EXECUTE FUNCTION attribution_guard_secret();
ALTER TABLE attribution_drawsecret ENABLE ALWAYS TRIGGER guard_secret;

-- Features stay as they were committed to, and only the system says what is known of them.
CREATE FUNCTION attribution_guard_features() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.generation_id, NEW.feature_store_id, NEW.storage_name,
        NEW.sha256, NEW.root, NEW.segment_count, NEW.received_at) IS DISTINCT FROM
        (OLD.id, OLD.generation_id, OLD.feature_store_id, OLD.storage_name,
        OLD.sha256, OLD.root, OLD.segment_count, OLD.received_at) THEN
        RAISE EXCEPTION 'The features of a piece stay as they were committed to.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.standing <> OLD.standing AND NOT tenant_sees_all() THEN
        RAISE EXCEPTION 'No tenant says of itself that its features are %.', NEW.standing
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION attribution_guard_features() FROM PUBLIC;
CREATE TRIGGER guard_features BEFORE UPDATE ON attribution_generationfeatures
    FOR EACH ROW EXECUTE FUNCTION attribution_guard_features();
ALTER TABLE attribution_generationfeatures ENABLE ALWAYS TRIGGER guard_features;
""" + "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON attribution_{table}
    FOR EACH ROW EXECUTE FUNCTION attribution_refuse_change();
ALTER TABLE attribution_{table} ENABLE ALWAYS TRIGGER append_only;
"""
    for table in KEPT
)
UNGUARD = (
    """
DROP TRIGGER guard_features ON attribution_generationfeatures;
DROP FUNCTION attribution_guard_features();
DROP TRIGGER guard_secret ON attribution_drawsecret;
DROP FUNCTION attribution_guard_secret();
"""
    + "".join(f"DROP TRIGGER append_only ON attribution_{table};" for table in KEPT)
    + """
DROP FUNCTION attribution_refuse_change();
"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("attribution", "0007_refused_stores"),
        ("catalog", "0007_simulated_clocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="DrawSeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("commitment", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "model_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draw_seeds",
                        to="catalog.modelversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DrawSecret",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("secret", models.CharField(max_length=64)),
                ("revealed_at", models.DateTimeField(null=True)),
                (
                    "seed",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept",
                        to="attribution.drawseed",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeatureDraw",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("lot", "its lot was below the rate"),
                            (
                                "least",
                                "no other piece of its day was drawn, and its lot was the least",
                            ),
                            (
                                "suspicion",
                                "features of the platform were refuted, so all are verified",
                            ),
                        ],
                        max_length=16,
                    ),
                ),
                ("rate_ppm", models.PositiveIntegerField()),
                (
                    "segments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), size=None
                    ),
                ),
                ("drawn_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "features",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draw",
                        to="attribution.generationfeatures",
                    ),
                ),
                (
                    "seed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draws",
                        to="attribution.drawseed",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeatureFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("unverified", "Unverified"),
                            ("recomputed", "Recomputed"),
                            ("sampled", "Sampled"),
                            ("opened", "Opened"),
                            ("refuted", "Refuted"),
                            ("overdue", "Overdue"),
                        ],
                        max_length=16,
                    ),
                ),
                ("sentence", models.TextField()),
                ("segments_checked", models.PositiveIntegerField()),
                ("cosine_gap", models.FloatField(null=True)),
                ("norm_gap", models.FloatField(null=True)),
                ("found_at", models.DateTimeField()),
                (
                    "features",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="attribution.generationfeatures",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeatureOpening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("storage_name", models.CharField(max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField()),
                (
                    "draw",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening",
                        to="attribution.featuredraw",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="drawseed",
            constraint=models.UniqueConstraint(
                fields=("model_version", "day"), name="one_seed_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="featuredraw",
            constraint=models.CheckConstraint(
                condition=models.Q(("segments", []), _negated=True), name="draws_name_segments"
            ),
        ),
        migrations.AddConstraint(
            model_name="featuredraw",
            constraint=models.CheckConstraint(
                condition=models.Q(("rate_ppm__lte", 1000000)), name="rates_are_parts_of_one"
            ),
        ),
        *POLICIES,
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
