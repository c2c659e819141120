"""A feature store that a platform sent keeps why it was not taken."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("attribution", "0006_features_from_platforms")]
    operations = [
        migrations.AddField("featurestore", "refusal", models.TextField(blank=True, default="")),
        migrations.AlterField("featurestore", "refusal", models.TextField(blank=True)),
    ]
