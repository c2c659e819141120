"""Features that a platform computed in its own house, and pieces that never leave it.

A platform adds feature stores of its own models: its jobs register what it uploaded, or what it
asked us to compute. Features of a piece are seen by whoever sees the piece.
"""

import django.db.models.deletion
from django.db import migrations, models

from common.database.policies import guard

OWN_MODEL = "model_version_id IN (SELECT tenant_own_models())"
OWN_PIECE = """EXISTS (SELECT FROM attribution_generation piece
    WHERE piece.id = generation_id AND piece.platform_id = (SELECT tenant_platform()))
    AND feature_store_id IN (SELECT tenant_own_feature_stores())"""
# The table of generations has policies of its own, which hold here as well.
SEEN_PIECE = "EXISTS (SELECT FROM attribution_generation piece WHERE piece.id = generation_id)"

STANDINGS = ["unverified", "recomputed", "sampled", "opened", "refuted", "overdue"]


class Migration(migrations.Migration):
    dependencies = [
        ("attribution", "0005_objections"),
        ("catalog", "0006_blanks"),
        ("database", "0001_tenant"),
    ]
    operations = [
        migrations.AddField(
            "featurestore",
            "origin",
            models.CharField(
                max_length=16,
                choices=[("ours", "Ours"), ("platform", "Platform")],
                default="ours",
            ),
        ),
        migrations.AlterField(
            "generation",
            "asset",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="generations",
                to="catalog.asset",
            ),
        ),
        migrations.CreateModel(
            "GenerationFeatures",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("storage_name", models.CharField(max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.BigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("segment_count", models.PositiveIntegerField()),
                ("identity", models.JSONField()),
                (
                    "standing",
                    models.CharField(
                        max_length=16,
                        choices=[(name, name.capitalize()) for name in STANDINGS],
                        default="unverified",
                    ),
                ),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                (
                    "feature_store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="generation_features",
                        to="attribution.featurestore",
                    ),
                ),
                (
                    "generation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="features",
                        to="attribution.generation",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "features of generations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(segment_count__gt=0, size_bytes__gt=0),
                        name="features_not_empty",
                    )
                ],
            },
        ),
        guard(
            "attribution_featurestore",
            see="model_version_id IN (SELECT tenant_models())",
            add=OWN_MODEL,
            change=OWN_MODEL,
        ),
        guard(
            "attribution_generationfeatures",
            see=SEEN_PIECE,
            add=OWN_PIECE,
            change=OWN_PIECE,
        ),
    ]
