"""Events and e-mails of this app itself: jobs that ended, keys that expire, endpoints that do."""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import ApiKey, Organisation, User
from accounts.webhooks.models import Endpoint, Event
from accounts.webhooks.services.emitting import address_of, emit
from common.jobs.models import Job
from common.jobs.registry import when_finished

EXPIRES_WITHIN = timedelta(days=14)
_OF_ORGANISATION = re.compile(r"organisation:(\d+)")


@when_finished
def tell_of_job(job: Job) -> None:
    """Tell an organisation that a job of its own has ended; what system does is nobody's news."""
    asked_by = _OF_ORGANISATION.fullmatch(job.tenant)
    if asked_by is None or job.finished_at is None:
        return
    news = {
        "job": str(job.pk),
        "kind": job.kind,
        "outcome": job.status,
        "url": address_of("job", pk=job.pk),
    }
    emit(int(asked_by[1]), "job.finished", news, as_of=job.finished_at)


def tell_of_expiring_keys(*, as_of: datetime) -> int:
    """Tell organisations of keys that expire soon, of each once; returns how many.

    What was told is looked up among the events, which are kept for longer than a key is expiring.
    """
    expiring = ApiKey.objects.filter(
        revoked_at=None, expires_at__gt=as_of, expires_at__lte=as_of + EXPIRES_WITHIN
    )
    told = Event.objects.filter(type="key.expiring").values_list("data__prefix", flat=True)
    fresh = list(expiring.exclude(prefix__in=list(told)))
    for key in fresh:
        assert key.expires_at is not None
        news = {"prefix": key.prefix, "name": key.name, "expires_at": key.expires_at.isoformat()}
        emit(key.organisation_id, "key.expiring", news, as_of=as_of)
    return len(fresh)


def mail_disabled(endpoint: Endpoint, reason: str) -> int:
    """Tell an organisation's people that an endpoint was switched off; returns to how many."""
    organisation = Organisation.objects.get(pk=endpoint.organisation_id)
    people = User.objects.filter(organisations=organisation, is_active=True).order_by("pk")
    for person in people:
        with translation.override(person.language or settings.LANGUAGE_CODE):
            _letter(person, organisation, endpoint, reason).send()
    return len(people)


def _letter(
    person: User, organisation: Organisation, endpoint: Endpoint, reason: str
) -> EmailMessage:
    body = _(
        "Hello %(name)s,\n\nwe have stopped sending events of %(organisation)s to\n\n%(url)s\n\n"
        "because %(reason)s. Nothing is lost: once it is mended, switch the endpoint on again and "
        "replay what it missed, within 30 days:\n\n%(link)s\n"
    ) % {
        "name": person,
        "organisation": organisation,
        "url": endpoint.url,
        "reason": _(reason),
        "link": f"{settings.PUBLIC_URL}/webhooks/",
    }
    return EmailMessage(_("A webhook endpoint was switched off"), body, to=[person.email])
