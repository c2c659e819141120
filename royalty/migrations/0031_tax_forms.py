"""Tax forms that payees send: seen by their own, decided by the operator, never removed."""

import common.ids
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import guard

NOTHING_SENT_CHANGES = """
REVOKE UPDATE, DELETE ON royalty_taxform FROM {application};
GRANT UPDATE (decided_by_id, decided_at, refused_why) ON royalty_taxform TO {application};
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0016_what_is_measured'),
        ('royalty', '0030_one_right_for_payouts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TaxForm',
            fields=[
                ('id', models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=100)),
                ('sha256', models.CharField(max_length=64)),
                ('size_bytes', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_at', models.DateTimeField(null=True)),
                ('refused_why', models.CharField(blank=True, max_length=300)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tax_forms', to='catalog.party')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('refused_why', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='tax_forms_are_decided_by_somebody')],
            },
        ),
        guard("royalty_taxform", see="party_id IN (SELECT tenant_parties())"),
        application_sql(NOTHING_SENT_CHANGES),
    ]
