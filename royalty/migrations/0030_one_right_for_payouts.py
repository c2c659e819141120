"""Payouts are approved in the portal, by roles: the admin's own right to approve them goes."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations


def drop_permission(apps: Apps, _schema_editor: Any) -> None:
    """Django makes permissions and never drops one."""
    permission = apps.get_model("auth", "Permission")
    permission.objects.filter(
        content_type__app_label="royalty", codename="approve_payoutbatch"
    ).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('royalty', '0029_details_by_payees'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='payoutbatch',
            options={'verbose_name_plural': 'payout batches'},
        ),
        migrations.RunPython(drop_permission, migrations.RunPython.noop),
    ]
