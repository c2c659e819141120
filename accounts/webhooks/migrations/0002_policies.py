"""An organisation sees its endpoints and all that was sent; only workers write attempts.

A delivery joins an endpoint and an event. That both are the organisation's own is asked of these
tables under their own policies, since a foreign key looks past them.
"""

from django.db import migrations

from common.database.policies import OF_THE_ORGANISATION, guard

OF_ITS_OWN = f"""{OF_THE_ORGANISATION}
    AND EXISTS (SELECT FROM webhooks_endpoint WHERE id = endpoint_id)
    AND EXISTS (SELECT FROM webhooks_event WHERE id = event_id)"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial"), ("database", "0001_tenant")]
    operations = [
        guard(
            "webhooks_endpoint",
            see=OF_THE_ORGANISATION,
            add=OF_THE_ORGANISATION,
            change=OF_THE_ORGANISATION,
        ),
        guard("webhooks_event", see=OF_THE_ORGANISATION, add=OF_THE_ORGANISATION),
        guard(
            "webhooks_delivery", see=OF_THE_ORGANISATION, add=OF_ITS_OWN, change=OF_ITS_OWN
        ),
        guard("webhooks_attempt", see=OF_THE_ORGANISATION),
    ]
