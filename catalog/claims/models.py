"""Claims, conflicts, what was said about them and by whom. Events are only ever added."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Organisation, User
from catalog.claims.zones import Zone
from catalog.models import Party, Right, Role, Share, Track, Work
from catalog.models.rights import worldwide
from catalog.models.territories import TerritoryField
from common.ids import new_id

WORDS_LENGTH = 2_000


class AboutARight(models.Model):
    """One right in one work or track, where and when.

    `title` is how the work or track was called then: whoever claims may not see the row itself.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    right = models.CharField(max_length=16, choices=Right)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, null=True, related_name="%(class)ss")
    track = models.ForeignKey(Track, on_delete=models.PROTECT, null=True, related_name="%(class)ss")
    title = models.CharField(max_length=500)
    territory = TerritoryField(default=worldwide)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    @property
    def zone(self) -> Zone:
        return Zone(self.territory, self.valid_from, self.valid_until)


def about_constraints(name: str) -> list[models.BaseConstraint]:
    """As a share's: a composition's work or a recording's track, for a day at least."""
    return [
        models.CheckConstraint(
            condition=Q(right="composition", work__isnull=False, track__isnull=True)
            | Q(right="recording", work__isnull=True, track__isnull=False),
            name=f"{name}_belong_to_their_right",
        ),
        models.CheckConstraint(
            condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
            name=f"{name}_last_a_day",
        ),
    ]


class Conflict(AboutARight):
    """More than the whole of a right is claimed. Of one right there is one open conflict at a time;
    whoever claims more of it meanwhile joins.
    """

    class Outcome(models.TextChoices):
        AGREED = "agreed", "its sides agreed"
        YIELDED = "yielded", "nothing is contested any more"
        DECIDED = "decided", "an outcome was recorded"
        MENDED = "mended", "its shares were changed elsewhere, and nothing is contested any more"

    # Whoever has or had a share where it is contested, or claimed one: those who may see it.
    party_ids = ArrayField(models.BigIntegerField())
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *about_constraints("conflicts"),
            models.UniqueConstraint(
                fields=["work", "track"],
                condition=Q(settled_at=None),
                nulls_distinct=False,
                name="one_open_conflict_a_right",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, outcome="")
                | Q(settled_at__isnull=False) & ~Q(outcome=""),
                name="settled_conflicts_say_how",
            ),
        ]

    def __str__(self) -> str:
        return f"conflict about the {self.right} of {self.title}"

    @property
    def is_open(self) -> bool:
        return self.settled_at is None


class Claim(AboutARight):
    """A party says that a part of a right is its own, and by what.

    filed → accepted, refused or withdrawn; or contested → settled, withdrawn or suspended. A
    suspended claim that is appealed against is filed again, once.
    """

    class Status(models.TextChoices):
        FILED = "filed", "waits for a decision"
        ACCEPTED = "accepted", "accepted"
        REFUSED = "refused", "refused"
        WITHDRAWN = "withdrawn", "withdrawn"
        CONTESTED = "contested", "contested"
        SETTLED = "settled", "settled"
        SUSPENDED = "suspended", "suspended"

    # Who claims on behalf of the party; none: the operator.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="claims"
    )
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="claims")
    party_name = models.CharField(max_length=300)  # the other side may not see the party's row
    role = models.CharField(max_length=24, choices=Role)
    share_ppm = models.PositiveIntegerField()
    basis = models.CharField(max_length=WORDS_LENGTH)
    is_declared = models.BooleanField(default=False)  # that it is true, on the claimant's word
    status = models.CharField(max_length=16, choices=Status, default=Status.FILED)
    conflict = models.ForeignKey(
        Conflict, on_delete=models.PROTECT, null=True, related_name="claims"
    )
    share = models.OneToOneField(Share, on_delete=models.SET_NULL, null=True, related_name="claim")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *about_constraints("claims"),
            models.CheckConstraint(
                condition=Q(share_ppm__gt=0, share_ppm__lte=1_000_000),
                name="claims_are_for_parts_of_one",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["contested", "settled"]) | Q(conflict__isnull=False),
                name="contested_claims_have_a_conflict",
            ),
            models.UniqueConstraint(
                fields=["party", "role", "work", "track"],
                condition=Q(status__in=["filed", "contested"]),
                nulls_distinct=False,
                name="one_open_claim_a_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_name} claims {self.share_ppm / 10_000:g} % of {self.title}"


class Proposal(models.Model):
    """How one side would split a contested right, from which day on. The newest one stands.

    `split` lists {"party": id, "name": its name, "role": ..., "share_ppm": ...}; whoever is not in
    it has nothing. `shares_sha256` says which shares it was made from: once those are others, it is
    stale, and nobody can agree to it any more.
    """

    conflict = models.ForeignKey(Conflict, on_delete=models.PROTECT, related_name="proposals")
    number = models.PositiveIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=300)
    begins_on = models.DateField()
    split = models.JSONField()
    shares_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conflict", "number"], name="one_proposal_a_number")
        ]

    def __str__(self) -> str:
        return f"proposal {self.number} for {self.conflict}"


class Event(models.Model):
    """What somebody did about a claim or a conflict, when, and in what words. Append-only.

    `by` is nobody where the program saw what a change of the shares did.
    """

    class Kind(models.TextChoices):
        FILED = "filed", "filed the claim"
        ACCEPTED = "accepted", "accepted the claim"
        REFUSED = "refused", "refused the claim"
        WITHDRAWN = "withdrawn", "withdrew the claim"
        CONTESTED = "contested", "claimed what others claim as well"
        PROPOSED = "proposed", "proposed a split"
        AGREED = "agreed", "agreed to the proposal"
        YIELDED = "yielded", "yielded"
        SUSPENDED = "suspended", "suspended the claim"
        APPEALED = "appealed", "appealed"
        COMMENTED = "commented", "wrote"
        SETTLED = "settled", "settled the conflict"
        FOUND = "found", "found that more than the whole is claimed"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="events")
    conflict = models.ForeignKey(
        Conflict, on_delete=models.PROTECT, null=True, related_name="events"
    )
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, related_name="events"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    side = models.CharField(max_length=300)  # who acted, in words that every side may read
    words = models.CharField(max_length=WORDS_LENGTH, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(claim__isnull=False) | Q(conflict__isnull=False),
                name="events_are_about_something",
            ),
            models.UniqueConstraint(
                fields=["proposal", "organisation"],
                condition=Q(kind="agreed"),
                name="an_organisation_agrees_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.get_kind_display()}"


class Proof(models.Model):
    """A file that proves something, kept under the hash of its bytes. Append-only."""

    FOLDER: ClassVar[str]  # in the storage

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def storage_name(self) -> str:
        return f"{self.FOLDER}/{self.sha256[:2]}/{self.sha256}"


class Attachment(Proof):
    """A file that was sent with what somebody did about a claim or a conflict."""

    FOLDER = "claims"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="attachments")
