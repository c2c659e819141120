"""The steps that a person can take with a period: when, with which consequence, and taking them.

Rules are those of `royalty.services.periods` and of the database; nothing here allows what they
refuse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from portal.accountant.work import computation_key
from royalty.models import Period
from royalty.selectors.outstanding import standing_words
from royalty.selectors.owed import platform_statement
from royalty.selectors.preview import preview_of
from royalty.selectors.publishing import consequence_of
from royalty.services import periods, publishing

Status = Period.Status


@dataclass(frozen=True)
class Step:
    """Something a person may do: its name, its consequence in sentences, and doing it.

    Who takes a step names the run that was shown, if there was one.
    """

    name: str
    label: str
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
        f"A worker apportions {period} from all that was reported, attributed and owned by now.",
        "From then on it takes no more events, unless somebody opens it again.",
    ]


def _compute(period: Period, user: User, as_of: datetime, _seen: int | None) -> str:
    periods.request_computation(period=period, user=user, as_of=as_of, key=computation_key(period))
    return f"{period} is being computed; look again in a moment."


def _of_reviewing(period: Period) -> list[str]:
    told = platform_statement(period)
    return [
        f"You say that {_amount(period, told.to_parties_atoms)} to {_parties(period)} is right, of "
        f"{_amount(period, told.gross_atoms)} that came in.",
        "Nothing is posted yet; another person closes it where the calendar had it computed.",
    ]


def _review(period: Period, user: User, as_of: datetime, seen: int | None) -> str:
    return _told(periods.review_period(period=period, user=user, as_of=as_of, seen_run=seen))


def _of_closing(period: Period) -> list[str]:
    told = platform_statement(period)
    held = sum(told.held_atoms.values())
    return [
        f"{_amount(period, told.gross_atoms)} of revenue are posted: "
        f"{_amount(period, told.to_parties_atoms)} owed to {_parties(period)}, "
        f"{_amount(period, told.commission_atoms)} commission, {_amount(period, held)} held.",
        "Statements are drafted, and the period's root is stored.",
        "There is no way back: what is wrong is then corrected in a later period.",
    ]


def _close(period: Period, user: User, as_of: datetime, _seen: int | None) -> str:
    return _told(periods.close_period(period=period, user=user, as_of=as_of))


def _of_publishing(period: Period) -> list[str]:
    told = consequence_of(period)
    untold = ", ".join(party.name for party in told.untold)
    return [
        f"{told.statements:,} payees see their statements, which say that "
        f"{_amount(period, told.payable_atoms)} are owed to them.",
        f"{told.people_words} told by e-mail, once.",
        *([f"Nobody signs in for {untold}."] if untold else []),
        "There is no way back.",
    ]


def _publish(period: Period, user: User, as_of: datetime, _seen: int | None) -> str:
    done = publishing.publish_period(period=period, user=user, as_of=as_of)
    return f"{done.statement_count:,} statements of {period} are published."


def _of_reopening(period: Period) -> list[str]:
    return [f"What was computed for {period} counts no more, and events can come in again."]


def _reopen(period: Period, _user: User, _as_of: datetime, _seen: int | None) -> str:
    return _told(periods.reopen_period(period=period))


def _told(period: Period) -> str:
    return f"{period} is {standing_words(period)}."


def _amount(period: Period, atoms: int) -> str:
    return f"{period.contract.money.format_atoms(atoms)} {period.contract.currency}"


def _parties(period: Period) -> str:
    count = sum(not change.has_vanished for change in preview_of(period).changes)
    return "1 party" if count == 1 else f"{count:,} parties"


STEPS = {
    step.name: step
    for step in (  # the one that leads on comes first
        Step("review", "Review", frozenset({Status.COMPUTED}), _of_reviewing, _review),
        Step("close", "Close", frozenset({Status.REVIEWED}), _of_closing, _close),
        Step("publish", "Publish", frozenset({Status.CLOSED}), _of_publishing, _publish),
        Step(
            "compute",
            "Compute",
            frozenset({Status.OPEN, Status.COMPUTED}),
            _of_computing,
            _compute,
        ),
        Step(
            "reopen",
            "Open again",
            frozenset({Status.COMPUTED, Status.REVIEWED}),
            _of_reopening,
            _reopen,
        ),
    )
}
