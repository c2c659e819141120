"""The way in: four calls with the reader's own names in them, and the place to try them out."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import ApiKey
from accounts.selectors import Sought, requests_of
from attribution.models import Generation
from catalog.models import ModelVersion, Platform, SimulatedClock
from catalog.services.clock import now_for
from common.api.models import KEPT_FOR, LoggedRequest
from portal.platform.guard import PlatformRequest, for_platforms, platform_of
from royalty.models import Contract

KEY_OF_READER = "..."  # the secret part, which nobody can show again


@dataclass(frozen=True)
class Step:
    """One call, and whether the log has one like it that went well."""

    key: str
    title: str
    lead: str
    command: str
    is_done: bool


@require_safe
@for_platforms
def quick_start(request: PlatformRequest) -> HttpResponse:
    """From nothing to a piece whose shares are known, call by call."""
    platform = platform_of(request)
    context: dict[str, Any] = {"platform": platform, "log_days": KEPT_FOR.days}
    if platform is not None:
        key = _key(request)
        context |= {"key": key, "steps": _steps(request, platform, key)}
        context["done"] = sum(step.is_done for step in context["steps"])
    return render(request, "portal/platform/quick_start.html", context)


@require_safe
@for_platforms
def sandbox(request: PlatformRequest) -> HttpResponse:
    """What the sandbox is; here, or where it is, and what its clock says."""
    platform = platform_of(request)
    clock = SimulatedClock.objects.filter(platform=platform).first()
    context = {
        "platform": platform,
        "is_sandbox": settings.IS_SANDBOX,
        "other_url": settings.OTHER_INSTALLATION_URL,
        "real_now": timezone.now(),
        "its_now": now_for(platform) if platform else None,
        "ahead": clock.ahead if clock and settings.IS_SANDBOX else None,
        "api": request.build_absolute_uri("/api/v1"),
    }
    return render(request, "portal/platform/sandbox.html", context)


def _key(request: PlatformRequest) -> ApiKey | None:
    """The newest key that may send pieces and read, by which the calls are written."""
    keys = ApiKey.objects.filter(
        organisation=request.organisation, revoked_at=None, scopes__contains=["ingest", "read"]
    )
    return keys.order_by("-pk").first()


def _steps(request: PlatformRequest, platform: Platform, key: ApiKey | None) -> list[Step]:
    api = request.build_absolute_uri("/api/v1")
    model = ModelVersion.objects.filter(platform=platform).order_by("-pk").first()
    piece = Generation.objects.filter(platform=platform).order_by("-pk").first()
    contract = Contract.objects.filter(platform=platform).order_by("-pk").first()
    ref = model.ref if model else "MODEL@VERSION"
    pk = piece.pk if piece else "ID"
    service = contract.service if contract else "SERVICE"
    now = f"{now_for(platform):%Y-%m-%dT%H:%M:00Z}"
    call = 'curl -H "Authorization: Bearer $KEY"'
    prefix = f"{key.prefix}_{KEY_OF_READER}" if key else KEY_OF_READER
    return [
        Step(
            "key",
            _("Ask who you are"),
            _("The answer names your organisation and what the key may do."),
            f"KEY={prefix}\n{call} {api}/key",
            _seen(request, "GET", "/api/v1/key"),
        ),
        Step(
            "piece",
            _("Send a piece"),
            _("Its attribution begins by itself. The answer has its id."),
            f"{call} {api}/generations \\\n  -F file=@piece.mid -F external_id=my-first-piece \\\n"
            f"  -F model_version={ref} -F generated_at={now}",
            _seen(request, "POST", "/api/v1/generations"),
        ),
        Step(
            "use",
            _("Report a use of it"),
            _("An event counts once, however often it is sent."),
            f'{call} {api}/usage --json \'{{"event_id": "use-1", "service": "{service}",\n'
            '  "generation": "my-first-piece", "subscriber": "s-1",\n'
            f'  "used_at": "{now}", "count": 1}}\'',
            _seen(request, "POST", "/api/v1/usage"),
        ),
        Step(
            "shares",
            _("Read what shaped it"),
            _("The shares, how sure they are, and the segments to listen to."),
            f"{call} {api}/generations/{pk}/attribution",
            _seen(request, "GET", "/api/v1/generations/", "/attribution"),
        ),
    ]


def _seen(request: PlatformRequest, method: str, path: str, ends: str = "") -> bool:
    """Whether the log has such a request that went well."""
    sought = Sought(method=method, path=path)
    log: QuerySet[LoggedRequest] = requests_of(request.organisation, sought)
    return log.filter(status__lt=400, path__endswith=ends).exists()
