"""A DSR's sender and MessageId are kept, and never used again."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("royalty", "0022_versions")]

    operations = [
        migrations.AddField(
            model_name="intakefile",
            name="message",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddConstraint(
            model_name="intakefile",
            constraint=models.UniqueConstraint(
                fields=["platform", "message"],
                condition=~Q(message=""),
                name="a_message_id_is_used_once",
            ),
        ),
    ]
