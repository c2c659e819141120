"""Who delivers catalogue data: a label's office, a distributor, a society, or we ourselves."""

from django.db import models

from accounts.models import Organisation


class Sender(models.Model):
    """Whoever delivers files about works and tracks.

    What a sender delivered only that sender changes: a track_id is the sender's word, and another
    sender's file that uses it is about something else. `column_of` remembers, for its tables, which
    of its columns holds which of ours, so that the next file needs no questions.
    """

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    # Whose people may deliver for it; none: only the operator's.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="senders"
    )
    column_of = models.JSONField(default=dict, blank=True)  # {our column: the sender's}
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
