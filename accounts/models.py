"""Who signs in, for whom they act, and the keys by which programs act.

An *organisation* is whoever has data here: the operator, a platform, or a rights holder (a party
itself, or somebody who administers several). What it has is said by the layers above: the catalogue
links platforms and parties to it. The database shows a request only what its organisation may see.
"""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from accounts.roles import Act, Role
from common.api.rates import Rate
from common.database import tenancy


class UserManager(BaseUserManager["User"]):
    """Users are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person; whatever must be done by two people is done by two of these."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    # In which pages and e-mails speak to them; as their browser asks if empty.
    language = models.CharField(max_length=8, blank=True, choices=settings.LANGUAGES)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="one_user_an_email")
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Organisation(models.Model):
    """Whoever has data here; the unit between which data is kept apart."""

    class Kind(models.TextChoices):
        OPERATOR = "operator", "operator"
        PLATFORM = "platform", "platform"
        RIGHTS_HOLDER = "rights_holder", "rights holder"

    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=16, choices=Kind)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def tenant(self) -> str:
        """As whom the database is asked on behalf of this organisation."""
        if self.kind == self.Kind.OPERATOR:
            return tenancy.SYSTEM
        return tenancy.of_organisation(self.pk)


class Membership(models.Model):
    """A person may act for an organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    # Whoever is added without a word, by a command or the administration, is among the first.
    role = models.CharField(max_length=12, choices=Role, default=Role.OWNER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "organisation"], name="a_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.organisation}"


class Invitation(models.Model):
    """Somebody was asked by e-mail to join an organisation (`accounts.services.membership`)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    sending = models.PositiveSmallIntegerField(default=1)  # the link of this sending alone is good
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.email} to {self.organisation}"


class Delegation(models.Model):
    """A rights holder lets another organisation act for it (`accounts.services.delegation`)."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="delegations"
    )
    delegate = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="delegated_to_it"
    )
    acts = ArrayField(models.CharField(max_length=12, choices=Act), default=list, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(organisation=models.F("delegate")),
                name="nobody_delegates_to_itself",
            ),
            models.UniqueConstraint(
                fields=["organisation", "delegate"],
                condition=models.Q(revoked_at=None),
                name="one_delegation_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.organisation}"


class AuditEvent(models.Model):
    """Somebody did something (`accounts.audit`); the database refuses to change or remove it."""

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # By whose person, where another organisation acted for this one.
    through = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    act = models.CharField(max_length=40)
    about = models.CharField(max_length=300, blank=True)
    network = models.CharField(max_length=43, blank=True)  # never the whole address
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "-id"], name="audit_of_an_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act} {self.about}"


MOST_LETTERS_OF_A_NETWORK = 43  # an IPv6 address in full, and how many bits of it count


class Scope(models.TextChoices):
    """What a key may be used for."""

    READ = "read", "read what is there, but for money"
    INGEST = "ingest", "send generations, usage and revenue"
    MODELS = "models", "register models, training sets and features"
    MONEY = "money", "read periods, statements of account and invoices"
    WEBHOOKS = "webhooks", "set up webhooks and read what was sent to them"
    CATALOGUE = "catalogue", "deliver works and tracks to the catalogue"


class ApiKey(models.Model):
    """A secret by which a program acts for an organisation. Only the secret's hash is kept.

    `prefix` is the part of the key that is not secret: it finds the row and names the key in logs.
    A key that was rotated goes on beside the one that replaces it until it expires.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=32, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_from = models.GenericIPAddressField(null=True, blank=True)
    # From which networks it may be used, as `10.0.0.0/8` or `2001:db8::/32`; from any if empty.
    networks = ArrayField(models.CharField(max_length=MOST_LETTERS_OF_A_NETWORK), default=list)
    # How many requests in how many seconds; as `API_RATE` says if both are empty.
    rate_requests = models.PositiveIntegerField(null=True, blank=True)
    rate_seconds = models.PositiveIntegerField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="successors"
    )

    class Meta:
        verbose_name = "API key"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(scopes__len__gt=0), name="keys_are_good_for_something"
            ),
            models.CheckConstraint(
                condition=models.Q(rate_requests=None, rate_seconds=None)
                | models.Q(rate_requests__gt=0, rate_seconds__gt=0),
                name="rates_are_whole",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=models.Q(revoked_at=None),
                name="one_key_replaces_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    @property
    def tenant(self) -> str:
        """As whom the database is asked on behalf of this key."""
        return self.organisation.tenant

    @property
    def rate(self) -> Rate:
        """How often it may be used."""
        if self.rate_requests is None or self.rate_seconds is None:
            default: Rate = settings.API_RATE
            return default
        return Rate(self.rate_requests, self.rate_seconds)
