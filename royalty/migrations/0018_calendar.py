"""When periods are due, and two people behind what the calendar computed or drafted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('royalty', '0017_two_rights'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='notice',
            name='failed_notices_say_why',
        ),
        migrations.RemoveConstraint(
            model_name='payoutbatch',
            name='payouts_are_approved_by_a_second_person',
        ),
        migrations.RemoveConstraint(
            model_name='period',
            name='periods_are_reviewed_by_a_second_person',
        ),
        migrations.RemoveConstraint(
            model_name='period',
            name='periods_name_who_did_what',
        ),
        migrations.AddField(
            model_name='contract',
            name='period_months',
            field=models.PositiveSmallIntegerField(choices=[(1, 'month'), (3, 'quarter'), (6, 'half year'), (12, 'year')], default=1),
        ),
        migrations.AddField(
            model_name='contract',
            name='reporting_days',
            field=models.PositiveSmallIntegerField(default=14, help_text='How many days after its end a period waits for reports before it is computed.'),
        ),
        migrations.AlterField(
            model_name='allocationrun',
            name='computed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='notice',
            name='status',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('lost', 'Lost')], default='waiting', max_length=16),
        ),
        migrations.AlterField(
            model_name='payoutbatch',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('period_months__in', [1, 3, 6, 12])), name='periods_last_known_months', violation_error_message='A period lasts 1, 3, 6 or 12 months.'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['failed', 'lost']), _negated=True), models.Q(('error', ''), _negated=True), _connector='OR'), name='failed_notices_say_why'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), ('made_by__isnull', True), models.Q(('approved_by', models.F('made_by')), _negated=True), _connector='OR'), name='payouts_are_approved_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.CheckConstraint(condition=models.Q(('sent_by__isnull', True), ('made_by__isnull', False), models.Q(('sent_by', models.F('approved_by')), _negated=True), _connector='OR'), name='two_people_stand_behind_a_payment'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_by__isnull', True), ('computed_by__isnull', True), models.Q(('reviewed_by', models.F('computed_by')), _negated=True), _connector='OR'), name='periods_are_reviewed_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(('closed_by__isnull', True), ('computed_by__isnull', False), models.Q(('closed_by', models.F('reviewed_by')), _negated=True), _connector='OR'), name='two_people_stand_behind_a_close'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('computed_at__isnull', True), ('computed_by__isnull', True), ('status', 'open'), ('closed_by__isnull', True), ('reviewed_by__isnull', True)), models.Q(('computed_at__isnull', False), ('reviewed_by__isnull', True), ('status', 'computed'), ('closed_by__isnull', True)), models.Q(('computed_at__isnull', False), ('reviewed_by__isnull', False), ('status', 'reviewed'), ('closed_by__isnull', True)), models.Q(('computed_at__isnull', False), ('reviewed_by__isnull', False), ('status', 'closed'), ('closed_by__isnull', False)), _connector='OR'), name='periods_name_who_did_what'),
        ),
    ]
