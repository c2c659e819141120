"""Who owns a part of what, and who agreed to what."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q

from accounts.models import Organisation
from catalog.models.music import Track, Work
from catalog.models.training import ModelVersion
from common.database.constraints import no_overlap


class Right(models.TextChoices):
    """The two rights that earn, which contracts may pay differently."""

    COMPOSITION = "composition"
    RECORDING = "recording"


class Role(models.TextChoices):
    """What a party did to have a share."""

    COMPOSER = "composer"
    LYRICIST = "lyricist"
    PUBLISHER = "publisher"
    PERFORMER = "performer"
    LABEL = "label"


class Party(models.Model):
    """A person or a company with rights."""

    ref = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return self.name


class Representation(models.Model):
    """An organisation sees and does what a party may: the party itself, a manager, a publisher."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="representations"
    )
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="representations")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "party"],
                name="a_party_is_represented_once",
                violation_error_message="The organisation acts for this party already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} for {self.party}"


class Share(models.Model):
    """A party's part of a work (composition) or of a track (recording), from a day until another.

    Shares of one right that sum to less than one leave the rest unclaimed. The interval is
    half-open: `valid_until` is the first day on which the share is no longer valid.
    """

    work = models.ForeignKey(
        Work, on_delete=models.PROTECT, null=True, blank=True, related_name="shares"
    )
    track = models.ForeignKey(
        Track, on_delete=models.PROTECT, null=True, blank=True, related_name="shares"
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="shares")
    right = models.CharField(max_length=16, choices=Right)
    role = models.CharField(max_length=16, choices=Role)
    share_ppm = models.PositiveIntegerField(
        help_text="Millionths of the whole: 250,000 is a quarter."
    )
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(share_ppm__gt=0, share_ppm__lte=1_000_000),
                name="shares_are_parts_of_one",
                violation_error_message="A share is from 1 to 1,000,000 ppm: 250,000 is a quarter.",
            ),
            models.CheckConstraint(
                condition=Q(right="composition", work__isnull=False, track__isnull=True)
                | Q(right="recording", work__isnull=True, track__isnull=False),
                name="shares_belong_to_their_right",
                violation_error_message=(
                    "A composition's share names its work, a recording's its track, and not both."
                ),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="shares_last_a_day",
                violation_error_message="It ends before it begins.",
            ),
            no_overlap(
                name="shares_do_not_overlap",
                same=[
                    Func(F("work"), -1, function="coalesce"),
                    Func(F("track"), -1, function="coalesce"),
                    "party",
                    "right",
                    "role",
                ],
                days=("valid_from", "valid_until"),
                message=(
                    "The party has a share of this right in this role on some of these days; end "
                    "that one first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.share_ppm / 10_000:g} % ({self.role})"


class Consent(models.Model):
    """A track may be trained on: by which model version (any, if none is named), and when."""

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="consents")
    right = models.CharField(max_length=16, choices=Right)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True)
    basis = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["track", "right", "model_version", "valid_from"],
                nulls_distinct=False,
                name="one_consent_a_start",
                violation_error_message="There is a consent for this that begins on the same day.",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="consents_last_a_day",
                violation_error_message="It ends before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track} from {self.valid_from}: {self.basis}"
