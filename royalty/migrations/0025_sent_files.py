"""All that a platform sent is listed, with what became of it; faulty lines may be left out."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import common.ids
from common.database.policies import guard

SQL = Path(__file__).parent / "sql"
OWN = "platform_id = (SELECT tenant_platform())"


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_simulated_clocks"),
        ("jobs", "0003_policies"),
        ("royalty", "0024_collected_once_a_batch"),
    ]

    operations = [
        migrations.CreateModel(
            name="SentFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("usage", "Usage"), ("revenue", "Revenue")], max_length=16
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("ndjson", "Ndjson"), ("csv", "Csv"), ("dsr", "Dsr")],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=300)),
                ("is_late", models.BooleanField(default=False)),
                (
                    "mode",
                    models.CharField(
                        choices=[("all_or_nothing", "Refuse File"), ("good_lines", "Leave Out")],
                        default="all_or_nothing",
                        max_length=16,
                    ),
                ),
                (
                    "result_lines",
                    models.CharField(
                        choices=[("refused", "Refused"), ("all", "Every")],
                        default="refused",
                        max_length=16,
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("upload", models.UUIDField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("taken", "Taken"),
                            ("refused", "Refused"),
                        ],
                        default="pending",
                        max_length=16,
                    ),
                ),
                ("line_count", models.PositiveBigIntegerField(null=True)),
                ("new_count", models.PositiveBigIntegerField(null=True)),
                ("known_count", models.PositiveBigIntegerField(null=True)),
                ("refused_count", models.PositiveBigIntegerField(null=True)),
                ("errors", models.JSONField(default=list)),
                ("error_count", models.PositiveBigIntegerField(default=0)),
                ("result_name", models.CharField(blank=True, max_length=300)),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="intakefile",
            name="a_file_is_taken_once",
        ),
        migrations.RemoveConstraint(
            model_name="intakefile",
            name="every_line_is_new_or_known",
        ),
        migrations.AddField(
            model_name="intakefile",
            name="refused_count",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="intakefile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("refused_count", 0)),
                fields=("platform", "kind", "sha256"),
                name="a_file_is_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="intakefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "line_count",
                        models.F("new_count") + models.F("known_count") + models.F("refused_count"),
                    )
                ),
                name="every_line_is_new_known_or_refused",
            ),
        ),
        migrations.AddField(
            model_name="sentfile",
            name="file",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sent_files",
                to="royalty.intakefile",
            ),
        ),
        migrations.AddField(
            model_name="sentfile",
            name="job",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="jobs.job",
            ),
        ),
        migrations.AddField(
            model_name="sentfile",
            name="platform",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sent_files",
                to="catalog.platform",
            ),
        ),
        migrations.AddIndex(
            model_name="sentfile",
            index=models.Index(fields=["platform", "-id"], name="what_a_platform_sent"),
        ),
        migrations.AddIndex(
            model_name="sentfile",
            index=models.Index(
                condition=models.Q(("upload__isnull", False)),
                fields=["upload"],
                name="sent_of_an_upload",
            ),
        ),
        migrations.AddConstraint(
            model_name="sentfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome", "taken"), ("file__isnull", True), _connector="XOR"),
                name="what_was_taken_is_in_a_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="sentfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", "pending"), ("finished_at__isnull", False), _connector="XOR"
                ),
                name="what_was_sent_ends_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="sentfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "taken"), _negated=True),
                    (
                        "line_count",
                        models.F("new_count") + models.F("known_count") + models.F("refused_count"),
                    ),
                    _connector="OR",
                ),
                name="every_sent_line_is_told_of",
            ),
        ),
        migrations.RunSQL((SQL / "sent_files.sql").read_text(), migrations.RunSQL.noop),
        guard("royalty_sentfile", see=OWN, add=OWN, change=OWN),
    ]
