"""Later versions of a statement: the same amounts, and a reason."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql" / "versions.sql"
UNGUARD = """
DROP TRIGGER admit_version ON royalty_statement;
DROP FUNCTION royalty_admit_version();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0006_blanks'),
        ('royalty', '0021_exchange_rates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='statement',
            name='reason',
            field=models.CharField(blank=True, max_length=250),
        ),
        migrations.AddField(
            model_name='statement',
            name='reissued_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), ('reissued_by__isnull', True), ('version', 1)), models.Q(('reissued_by__isnull', False), ('version__gt', 1), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='later_versions_say_why'),
        ),
        migrations.RunSQL(SQL.read_text(), UNGUARD),
    ]
