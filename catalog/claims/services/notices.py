"""What people are told about claims: in their own place, and by e-mail where they want it.

It holds no amount and nobody's claim in figures: mail is not secret.
"""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.notices.models import Kind, Notice
from accounts.notices.services import notify
from catalog.claims.models import Conflict, Event

_WHAT = {
    Event.Kind.FILED: gettext_noop("A claim was filed"),
    Event.Kind.ACCEPTED: gettext_noop("A claim was accepted"),
    Event.Kind.REFUSED: gettext_noop("A claim was refused"),
    Event.Kind.WITHDRAWN: gettext_noop("A claim was withdrawn"),
    Event.Kind.CONTESTED: gettext_noop("More than the whole is claimed"),
    Event.Kind.PROPOSED: gettext_noop("A split was proposed"),
    Event.Kind.AGREED: gettext_noop("A side agreed to a proposal"),
    Event.Kind.YIELDED: gettext_noop("A side yielded"),
    Event.Kind.SUSPENDED: gettext_noop("A claim was suspended"),
    Event.Kind.APPEALED: gettext_noop("A claimant appealed"),
    Event.Kind.COMMENTED: gettext_noop("Something was written"),
    Event.Kind.SETTLED: gettext_noop("A conflict was settled"),
    Event.Kind.FOUND: gettext_noop("More than the whole is claimed"),
}


def tell(events: Sequence[Event], organisations: Iterable[int]) -> list[Notice]:
    """Tell the people of organisations, given by primary key, but who did it, of what one act did:
    one notice each."""
    last = events[-1]
    about = last.conflict or last.claim
    assert about is not None
    link = _path(last.conflict) if last.conflict else f"/claims/{last.claim_id}/"

    def sentence() -> str:
        said = ". ".join(_(_WHAT[Event.Kind(event.kind)]) for event in events)
        return f"{said}: {about.title}"

    return notify(Kind.CLAIM, organisations, sentence, link, but=last.by)


def address_of_conflict(conflict: Conflict) -> str:
    """Where people read about it."""
    return f"{settings.PUBLIC_URL}{_path(conflict)}"


def _path(conflict: Conflict) -> str:
    return f"/conflicts/{conflict.pk}/"
