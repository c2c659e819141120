"""How far a sandbox's platform is ahead of the real time: it sees its clock, system moves it."""

import datetime

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from common.database.policies import guard

OWN = "platform_id = (SELECT tenant_platform())"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_blanks")]

    operations = [
        migrations.CreateModel(
            name="SimulatedClock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ahead", models.DurationField(default=datetime.timedelta)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "platform",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clock",
                        to="catalog.platform",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ahead__gte=datetime.timedelta()),
                        name="simulated_clocks_are_not_late",
                    )
                ],
            },
        ),
        guard("catalog_simulatedclock", see=OWN),
    ]
