"""What a person was told, and of which kinds they want e-mails."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from common.ids import new_id


class Kind(models.TextChoices):
    """What a notice is about."""

    STATEMENT = "statement", _("a statement was published")
    PAYOUT = "payout", _("a payment was sent, or came back")
    CLAIM = "claim", _("claims and conflicts")
    DISPUTE = "dispute", _("objections to an amount")
    CONSENT = "consent", _("consent and training")
    EXPORT = "export", _("an export is ready")
    DETAILS = "details", _("payment and tax details")
    SECURITY = "security", _("security of your account")


ALWAYS_MAILED = frozenset({Kind.DETAILS, Kind.SECURITY})


class Notice(models.Model):
    """One thing that happened, told to one person who acts for an organisation.

    `sentence` and `link` are final. An e-mail is not wanted, or waits, or was sent at least once.
    """

    class Mail(models.TextChoices):
        UNWANTED = "unwanted"
        WAITING = "waiting"
        SENT = "sent"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=16, choices=Kind)
    sentence = models.CharField(max_length=300)
    link = models.CharField(max_length=300)  # a path of this site
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=16, choices=Mail)
    mailed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(mail="sent", mailed_at__isnull=False)
                | ~Q(mail="sent") & Q(mailed_at=None),
                name="mailed_notices_say_when",
            ),
            models.CheckConstraint(
                condition=Q(link__startswith="/") & ~Q(link__startswith="//"),
                name="notices_lead_to_pages_of_this_site",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "organisation", "-id"], name="notices_of_a_person"),
            models.Index(
                fields=["user", "organisation"],
                condition=Q(read_at=None),
                name="notices_that_are_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} to {self.user_id}"


class MailedOff(models.Model):
    """A person wants no e-mails of a kind."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mailed_off")
    kind = models.CharField(max_length=16, choices=Kind)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "kind"], name="a_kind_is_off_once"),
            models.CheckConstraint(
                condition=~Q(kind__in=[Kind.DETAILS, Kind.SECURITY]),
                name="what_concerns_security_is_mailed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} wants no e-mails: {self.kind}"
