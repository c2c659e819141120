"""What journals that a person has posted have in common: a reason, and a day in an open period."""

from datetime import date

from django.utils.translation import gettext as _

from royalty.models import Period

REASON_LENGTH = 250


class ByHandError(Exception):
    """What somebody may not have posted, and what to do instead."""


def checked_reason(text: str) -> str:
    """The reason in one line.

    Raises:
        ByHandError: there is none, or it is a letter rather than a reason.
    """
    reason = " ".join(text.split())
    if not reason:
        raise ByHandError(_("Say why; the reason stays in the books."))
    if len(reason) > REASON_LENGTH:
        raise ByHandError(
            _("The reason has %(count)s characters; %(most)s at most go into the books.")
            % {"count": len(reason), "most": REASON_LENGTH}
        )
    return reason


def open_days(period: Period, as_of: date) -> tuple[Period, date]:
    """Where something about a period is posted: in it, or once it is closed in the next open one.

    The period found is locked until the end of the transaction, so that it is not closed meanwhile
    and of two people who post about the same one waits for the other. The day is `as_of` or the
    nearest to it in that period.

    Raises:
        ByHandError: the contract has no open period from there on.
    """
    found = (
        Period.objects.select_for_update(of=("self",))
        .select_related("contract__platform")
        .filter(contract=period.contract_id, starts_on__gte=period.starts_on)
        .exclude(status=Period.Status.CLOSED)
        .order_by("starts_on")
        .first()
    )
    if found is None:
        raise ByHandError(
            _(
                "%(period)s is closed and no later period of %(contract)s is open to post in; open "
                "one with manage.py period open."
            )
            % {"period": period, "contract": period.contract}
        )
    return found, min(max(as_of, found.starts_on), found.last_day)
