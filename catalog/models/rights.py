"""Who owns a part of what, and who agreed to what."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q

from accounts.models import Organisation
from catalog.identifiers import DDEX_PARTY_ID_FORM, IPI_BASE_FORM, IPI_NAME_FORM, ISNI_FORM
from catalog.models.identifiers import IdentifierField, normal
from catalog.models.music import Track, Work, unique_if_said
from catalog.models.territories import TerritoryField
from catalog.models.training import ModelVersion
from catalog.territories import WORLD, Territory
from common.database.constraints import no_overlap


class Right(models.TextChoices):
    """The two rights that earn, which contracts may pay differently."""

    COMPOSITION = "composition"
    RECORDING = "recording"


class Role(models.TextChoices):
    """What a party did to be named, and perhaps to have a share."""

    COMPOSER = "composer"
    LYRICIST = "lyricist"
    ARRANGER = "arranger"
    PUBLISHER = "publisher"
    SUB_PUBLISHER = "sub_publisher", "sub-publisher"
    PERFORMER = "performer"
    FEATURED_PERFORMER = "featured_performer", "featured performer"
    SESSION_PERFORMER = "session_performer", "session performer"
    LABEL = "label"
    EDITOR = "editor", "editor or encoder"


COMPOSITION_ROLES = (
    Role.COMPOSER,
    Role.LYRICIST,
    Role.ARRANGER,
    Role.PUBLISHER,
    Role.SUB_PUBLISHER,
)


class Party(models.Model):
    """A person, a company or a society with rights. `merged_into` is as a work's."""

    class Kind(models.TextChoices):
        PERSON = "person"
        COMPANY = "company"
        SOCIETY = "society"

    ref = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=16, choices=Kind, blank=True)
    ipi_name = IdentifierField("IPI name number", max_length=11, blank=True)
    ipi_base = IdentifierField("IPI base number", max_length=13, blank=True)  # I0012345678
    isni = IdentifierField("ISNI", max_length=16, blank=True)
    ddex_party_id = IdentifierField("DDEX party id", max_length=18, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "parties"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_if_said("ipi_name", "one_party_an_ipi_name", "Another party has this IPI."),
            unique_if_said("isni", "one_party_an_isni", "Another party has this ISNI."),
            unique_if_said(
                "ddex_party_id", "one_party_a_ddex_id", "Another party has this DDEX party id."
            ),
            normal("ipi_name", IPI_NAME_FORM, "ipi_names_are_normal"),
            normal("ipi_base", IPI_BASE_FORM, "ipi_bases_are_normal"),
            normal("isni", ISNI_FORM, "isnis_are_normal"),
            normal("ddex_party_id", DDEX_PARTY_ID_FORM, "ddex_ids_are_normal"),
            models.CheckConstraint(
                condition=~Q(merged_into=F("pk")), name="parties_are_not_merged_into_themselves"
            ),
        ]

    def __str__(self) -> str:
        return self.name


def worldwide() -> Territory:
    """Where a share holds unless it is said."""
    return WORLD


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


class Credit(models.Model):
    """A party is named for a work or a track in a role, whether or not it has a share."""

    work = models.ForeignKey(
        Work, on_delete=models.PROTECT, null=True, blank=True, related_name="credits"
    )
    track = models.ForeignKey(
        Track, on_delete=models.PROTECT, null=True, blank=True, related_name="credits"
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="credits")
    role = models.CharField(max_length=24, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(work__isnull=False, track__isnull=True)
                | Q(work__isnull=True, track__isnull=False),
                name="credits_are_for_a_work_or_a_track",
                violation_error_message="A credit names a work or a track, and not both.",
            ),
            models.UniqueConstraint(
                fields=["work", "track", "party", "role"],
                nulls_distinct=False,
                name="one_credit_a_role",
                violation_error_message="The party is credited in this role already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} ({self.role})"


class Share(models.Model):
    """A party's part of a work (composition) or of a track (recording), from a day until another.

    Shares of one right that sum to less than one leave the rest unclaimed; what they have more than
    one is contested. The interval is half-open: `valid_until` is the first day on which the share
    is no longer valid. It holds in the countries of its territory.
    """

    work = models.ForeignKey(
        Work, on_delete=models.PROTECT, null=True, blank=True, related_name="shares"
    )
    track = models.ForeignKey(
        Track, on_delete=models.PROTECT, null=True, blank=True, related_name="shares"
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="shares")
    right = models.CharField(max_length=16, choices=Right)
    role = models.CharField(max_length=24, choices=Role)
    territory = TerritoryField(default=worldwide)
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
                overlapping="territory",
                message=(
                    "The party has a share of this right in this role and in some of these "
                    "countries on some of these days; end that one first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.share_ppm / 10_000:g} % ({self.role})"


class Use(models.TextChoices):
    """What somebody agrees to, or not.

    Training includes attribution: a model that was trained on a track is compared with it, or
    nobody would be paid. So whoever agrees to training agrees to attribution, and whoever forbids
    attribution forbids training; forbidding training alone leaves attribution as it is.
    """

    TRAINING = "training", "training a model"
    ATTRIBUTION = "attribution", "comparing with generated pieces, never training"

    @property
    def granted_by(self) -> tuple["Use", ...]:
        """The uses of which an opt-in allows this one."""
        return (self,) if self == Use.TRAINING else (Use.TRAINING, Use.ATTRIBUTION)

    @property
    def forbidden_by(self) -> tuple["Use", ...]:
        """The uses of which an opt-out forbids this one."""
        return (self,) if self == Use.ATTRIBUTION else (Use.TRAINING, Use.ATTRIBUTION)


class Consent(models.Model):
    """A track may be used, or it may not: for what, by which model version (any, if none is named),
    on which days, and who said so.

    Whoever has a part of a right can forbid: where one opts out, no other's consent counts. Nothing
    is removed: what was said ends on `valid_until`, the first day on which it does not count. One
    that ends on the day on which it begins was taken back before it counted.
    """

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="consents")
    right = models.CharField(max_length=16, choices=Right)
    use = models.CharField(max_length=16, choices=Use, default=Use.TRAINING)
    is_opt_out = models.BooleanField("opt-out", default=False)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True)
    # Who speaks, where a holder does so itself; a delivery's consents speak for the whole right.
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    basis = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["track", "right", "use", "model_version", "party", "valid_from"],
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                nulls_distinct=False,
                name="one_consent_a_start",
                violation_error_message="There is a consent for this that begins on the same day.",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="consents_do_not_end_before_they_begin",
                violation_error_message="It ends before it begins.",
            ),
            no_overlap(
                name="consents_do_not_contradict",
                same=[
                    "track",
                    "right",
                    "use",
                    Func(F("model_version"), -1, function="coalesce"),
                    "party",
                ],
                differing="is_opt_out",
                condition=Q(party__isnull=False),
                days=("valid_from", "valid_until"),
                message=(
                    "The same speaker says the contrary for some of these days; end that first."
                ),
            ),
        ]

    def __str__(self) -> str:
        said = "forbidden" if self.is_opt_out else "agreed"
        return f"{self.track} {said} from {self.valid_from}: {self.basis}"

    @property
    def names_no_model(self) -> bool:
        """Whether it is about any model; a model that is hidden from who asks is one."""
        return self.model_version_id is None
