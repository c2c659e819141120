"""Uploads and their parts, each its tenant's alone: to see, to send, to abandon."""

import django.db.models.deletion
from django.db import migrations, models

import common.ids
from common.database.policies import OF_THE_TENANT, guard

OF_AN_OWN_UPLOAD = "EXISTS (SELECT FROM uploads_upload upload WHERE upload.id = upload_id)"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("jobs", "0003_policies"), ("database", "0001_tenant")]
    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("tenant", models.CharField(max_length=64)),
                ("purpose", models.CharField(choices=[("checkpoint", "weights of a model version (safetensors)"), ("feature_store", "features of a training set, computed by the platform"), ("generation_features", "features of a piece, computed by the platform"), ("audio", "a piece as audio"), ("usage", "a file of uses"), ("revenue", "a file of revenue")], max_length=32)),
                ("status", models.CharField(choices=[("open", "parts are taken"), ("verifying", "a job holds the whole against its sha256"), ("sealed", "it is whole and can be used"), ("failed", "it is not what was announced; see `error`"), ("used", "something was made of it")], default="open", max_length=16)),
                ("size_bytes", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("part_bytes", models.PositiveIntegerField(default=8388608)),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("media_type", models.CharField(blank=True, max_length=100)),
                ("error", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("job", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job")),
            ],
        ),
        migrations.CreateModel(
            name="UploadPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("upload", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="uploads.upload")),
            ],
        ),
        migrations.AddIndex("upload", models.Index(fields=["tenant", "id"], name="uploads_of_a_tenant")),
        migrations.AddIndex("upload", models.Index(fields=["expires_at"], name="uploads_by_their_end")),
        migrations.AddConstraint(
            "upload",
            models.CheckConstraint(condition=models.Q(("tenant", ""), _negated=True), name="uploads_are_somebodys"),
        ),
        migrations.AddConstraint(
            "upload",
            models.CheckConstraint(
                condition=models.Q(("part_bytes__gt", 0), ("size_bytes__gt", 0)), name="uploads_not_empty"
            ),
        ),
        migrations.AddConstraint(
            "uploadpart",
            models.UniqueConstraint(fields=("upload", "number"), name="a_part_is_there_once"),
        ),
        migrations.AddConstraint(
            "uploadpart",
            models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="parts_count_from_one"),
        ),
        guard(
            "uploads_upload",
            see=OF_THE_TENANT,
            add=OF_THE_TENANT,
            change=OF_THE_TENANT,
            remove=OF_THE_TENANT,
        ),
        guard(
            "uploads_uploadpart",
            see=OF_AN_OWN_UPLOAD,
            add=OF_AN_OWN_UPLOAD,
            remove=OF_AN_OWN_UPLOAD,
        ),
    ]
