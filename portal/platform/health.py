"""How a platform's integration is doing: what a person would want to know first thing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q

from accounts.models import ApiKey, Organisation
from accounts.selectors import Sought, requests_of
from accounts.webhooks.models import Endpoint
from accounts.webhooks.selectors import endpoints_of
from attribution.models import Generation
from attribution.selectors.generations import unattributed
from catalog.models import Platform
from catalog.services.clock import now_for
from royalty.models import Period
from royalty.selectors.calendar import computable_on
from royalty.selectors.receivables import OpenInvoice, open_invoices
from royalty.selectors.reported import Reported, reported

DAY = timedelta(hours=24)
SOON = timedelta(days=14)
MOST_PERIODS = 6


@dataclass(frozen=True)
class Requests:
    """What programs asked within a day."""

    all: int
    refused: int  # because of what they sent
    failed: int  # because of us


@dataclass(frozen=True)
class OpenPeriod:
    """A period that takes reports."""

    period: Period
    reported: Reported
    reports_until: date


@dataclass(frozen=True)
class Health:
    """All of it; times are the machine's, days of money those of the platform's clock."""

    requests: Requests
    backlog: int
    oldest_waiting: datetime | None
    periods: list[OpenPeriod]
    failing: list[Endpoint]
    expiring: list[ApiKey]
    invoices: list[OpenInvoice]
    is_sandbox: bool

    @property
    def needs_nothing(self) -> bool:
        """Whether nobody has to do anything."""
        return not (self.failing or self.expiring or self.invoices or self.requests.failed)


def health_of(organisation: Organisation, platform: Platform, now: datetime) -> Health:
    """How the platform is doing at a moment."""
    today = now_for(platform).date()
    waiting = unattributed(Generation.objects.filter(platform=platform))
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    return Health(
        requests=_requests(organisation, now),
        backlog=waiting.count() if oldest else 0,
        oldest_waiting=oldest,
        periods=_open_periods(platform, today),
        failing=list(endpoints_of(organisation).filter(_is_failing()).order_by("pk")),
        expiring=_expiring(organisation, now),
        invoices=open_invoices(today, contract__platform=platform),
        is_sandbox=settings.IS_SANDBOX,
    )


def _requests(organisation: Organisation, now: datetime) -> Requests:
    counted = requests_of(organisation, Sought(since=now - DAY)).aggregate(
        all=Count("pk"),
        refused=Count("pk", filter=Q(status__gte=400, status__lt=500)),
        failed=Count("pk", filter=Q(status__gte=500)),
    )
    return Requests(**counted)


def _open_periods(platform: Platform, today: date) -> list[OpenPeriod]:
    found = Period.objects.filter(
        contract__platform=platform, status=Period.Status.OPEN, starts_on__lte=today
    ).select_related("contract__platform")
    periods = found.order_by("starts_on", "contract__code")[:MOST_PERIODS]
    return [OpenPeriod(each, reported(each, None), computable_on(each)) for each in periods]


def _is_failing() -> Q:
    return Q(failing_since__isnull=False) | Q(
        disabled_at__isnull=False, disabled_reason__in=[Endpoint.Disabled.FAILING]
    )


def _expiring(organisation: Organisation, now: datetime) -> list[ApiKey]:
    """Keys that are good for some days more, and that no other replaces."""
    soon = ApiKey.objects.filter(
        organisation=organisation, revoked_at=None, expires_at__gt=now, expires_at__lt=now + SOON
    )
    return list(soon.exclude(successors__revoked_at=None, successors__isnull=False).order_by("pk"))
