"""Contracts and payees that are promised that nobody else has better terms."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("royalty", "0015_publishing")]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="most_favoured",
            field=models.BooleanField(
                default=False,
                help_text=(
                    "No other contract of the platform may have a better term on the same days."
                ),
            ),
        ),
        migrations.AddField(
            model_name="payeeterms",
            name="most_favoured",
            field=models.BooleanField(
                default=False,
                help_text="No other payee in the currency may have a better term on the same days.",
            ),
        ),
    ]
