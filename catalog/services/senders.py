"""What is remembered of a sender."""

from collections.abc import Mapping

from catalog.models import Sender


def remember_columns(sender: Sender, column_of: Mapping[str, str]) -> None:
    """From now on the sender's tables are read so: for our columns, those of the sender."""
    sender.column_of = dict(column_of)
    sender.save(update_fields=["column_of"])
