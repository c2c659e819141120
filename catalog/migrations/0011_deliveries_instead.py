"""Imports are deliveries (`catalog.deliveries`), whose rows say more."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_what_is_said")]
    operations = [migrations.DeleteModel(name="ImportRun")]
