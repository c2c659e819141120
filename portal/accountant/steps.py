"""The steps that a person can take with a period: when, with which consequence, and taking them.

Rules are those of `royalty.services.periods` and of the database; nothing here allows what they
refuse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from portal.accountant.work import computation_key
from portal.templatetags.figures import amount_text, signs
from royalty.models import Period
from royalty.selectors.outstanding import standing_words
from royalty.selectors.owed import platform_statement
from royalty.selectors.preview import preview_of
from royalty.selectors.publishing import Consequence, consequence_of
from royalty.services import periods, publishing

Status = Period.Status


@dataclass(frozen=True)
class Step:
    """Something a person may do: its name, its consequence in sentences, and doing it.

    Who takes a step names the run that was shown, if there was one.
    """

    name: str
    label: str | Promise
    allowed: frozenset[Status]
    consequence: Callable[[Period], list[str]]
    take: Callable[[Period, User, datetime, int | None], str]


def steps_of(period: Period) -> list[Step]:
    """What can be done with the period as it is."""
    found = [step for step in STEPS.values() if Status(period.status) in step.allowed]
    if period.status == Status.CLOSED:
        has_drafts = period.statements.filter(publication__isnull=True).exists()
        return [step for step in found if has_drafts or step.name != "publish"]
    return found


def _of_computing(period: Period) -> list[str]:
    return [
        _("A worker apportions %(period)s from all that was reported, attributed and owned by now.")
        % {"period": period},
        _("From then on it takes no more events, unless somebody opens it again."),
    ]


def _compute(period: Period, user: User, as_of: datetime, _seen: int | None) -> str:
    periods.request_computation(period=period, user=user, as_of=as_of, key=computation_key(period))
    return _("%(period)s is being computed; look again in a moment.") % {"period": period}


def _of_reviewing(period: Period) -> list[str]:
    told = platform_statement(period)
    return [
        _("You say that %(amount)s to %(parties)s is right, of %(gross)s that came in.")
        % {
            "amount": _amount(period, told.to_parties_atoms),
            "parties": _parties(period),
            "gross": _amount(period, told.gross_atoms),
        },
        _("Nothing is posted yet; another person closes it where the calendar had it computed."),
    ]


def _review(period: Period, user: User, as_of: datetime, seen: int | None) -> str:
    return _told(periods.review_period(period=period, user=user, as_of=as_of, seen_run=seen))


def _of_closing(period: Period) -> list[str]:
    told = platform_statement(period)
    held = sum(told.held_atoms.values())
    return [
        _(
            "%(gross)s of revenue are posted: %(amount)s owed to %(parties)s, %(commission)s "
            "commission, %(held)s held."
        )
        % {
            "gross": _amount(period, told.gross_atoms),
            "amount": _amount(period, told.to_parties_atoms),
            "parties": _parties(period),
            "commission": _amount(period, told.commission_atoms),
            "held": _amount(period, held),
        },
        _("Statements are drafted, and the period's root is stored."),
        _("There is no way back: what is wrong is then corrected in a later period."),
    ]


def _close(period: Period, user: User, as_of: datetime, _seen: int | None) -> str:
    return _told(periods.close_period(period=period, user=user, as_of=as_of))


def _of_publishing(period: Period) -> list[str]:
    told = consequence_of(period)
    untold = ", ".join(party.name for party in told.untold)
    return [
        _("%(count)s payees see their statements, which say that %(amount)s are owed to them.")
        % {
            "count": signs(f"{told.statements:,}"),
            "amount": _amount(period, told.payable_atoms),
        },
        _told_by_mail(told),
        *([_("Nobody signs in for %(names)s.") % {"names": untold}] if untold else []),
        _("There is no way back."),
    ]


def _told_by_mail(told: Consequence) -> str:
    words = ngettext(
        "%(count)s person is told by e-mail, once.",
        "%(count)s people are told by e-mail, once.",
        told.people,
    )
    return words % {"count": signs(f"{told.people:,}")}


def _publish(period: Period, user: User, as_of: datetime, _seen: int | None) -> str:
    done = publishing.publish_period(period=period, user=user, as_of=as_of)
    return _("%(count)s statements of %(period)s are published.") % {
        "count": signs(f"{done.statement_count:,}"),
        "period": period,
    }


def _of_reopening(period: Period) -> list[str]:
    return [
        _("What was computed for %(period)s counts no more, and events can come in again.")
        % {"period": period}
    ]


def _reopen(period: Period, _user: User, _as_of: datetime, _seen: int | None) -> str:
    return _told(periods.reopen_period(period=period))


def _told(period: Period) -> str:
    return f"{period}: {standing_words(period)}."


def _amount(period: Period, atoms: int) -> str:
    return amount_text(atoms, period.contract.currency)


def _parties(period: Period) -> str:
    count = sum(not change.has_vanished for change in preview_of(period).changes)
    words = ngettext("%(count)s party", "%(count)s parties", count)
    return words % {"count": signs(f"{count:,}")}


STEPS = {
    step.name: step
    for step in (  # the one that leads on comes first
        Step(
            "review", gettext_lazy("Review"), frozenset({Status.COMPUTED}), _of_reviewing, _review
        ),
        Step("close", gettext_lazy("Close"), frozenset({Status.REVIEWED}), _of_closing, _close),
        Step(
            "publish", gettext_lazy("Publish"), frozenset({Status.CLOSED}), _of_publishing, _publish
        ),
        Step(
            "compute",
            gettext_lazy("Compute"),
            frozenset({Status.OPEN, Status.COMPUTED}),
            _of_computing,
            _compute,
        ),
        Step(
            "reopen",
            gettext_lazy("Open again"),
            frozenset({Status.COMPUTED, Status.REVIEWED}),
            _of_reopening,
            _reopen,
        ),
    )
}
