"""Who sees deliveries: the people of the sender's organisation; only system writes them."""

from django.db import migrations

from common.database.policies import guard


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0001_initial"), ("catalog", "0009_what_exists")]
    operations = [
        guard(
            "deliveries_delivery",
            see="sender_id IN (SELECT id FROM catalog_sender"
            " WHERE organisation_id = (SELECT tenant_organisation()))",
        ),
        guard(
            "deliveries_deliveryrow",
            see="delivery_id IN (SELECT id FROM deliveries_delivery)",
        ),
    ]
