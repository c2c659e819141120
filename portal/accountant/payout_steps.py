"""The steps that a person can take with a batch of payouts: what follows from each, and taking it.

The rules, that of two people among them, are those of `royalty.services.payouts` and of the
database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from portal.templatetags.figures import amount_text, signs
from royalty.documents.hostile_xml import MAX_BYTES
from royalty.documents.pain import read_status_report
from royalty.documents.pain.status_report import StatusReportError
from royalty.models import Payout, PayoutBatch
from royalty.services import payouts

Status = PayoutBatch.Status


@dataclass(frozen=True)
class Said:
    """What came with the form of a step."""

    user: User
    as_of: datetime
    day: date
    report: "UploadedFile[bytes] | None" = None


@dataclass(frozen=True)
class BatchStep:
    """Something to do with a batch: its name, its consequence, and doing it."""

    name: str
    label: str | Promise
    allowed: frozenset[Status]
    consequence: Callable[[PayoutBatch], list[str]]
    take: Callable[[PayoutBatch, Said], str]
    asks_day: bool = False
    asks_report: bool = False


def steps_of(batch: PayoutBatch) -> list[BatchStep]:
    """What can be done with the batch as it is; what leads on comes first."""
    return [step for step in STEPS.values() if Status(batch.status) in step.allowed]


def amount_of(batch: PayoutBatch, *statuses: Payout.Status) -> tuple[int, int]:
    """How many payments of some statuses, or all of them, and their sum in atoms."""
    found = batch.payouts.exclude(status=Payout.Status.OFFSET)
    if statuses:
        found = found.filter(status__in=statuses)
    return found.count(), found.aggregate(atoms=Sum("payable_atoms", default=0))["atoms"]


def _sum_words(batch: PayoutBatch, *statuses: Payout.Status) -> dict[str, str]:
    count, atoms = amount_of(batch, *statuses)
    return {"amount": amount_text(atoms, batch.currency), "count": signs(f"{count:,}")}


def _of_approving(batch: PayoutBatch) -> list[str]:
    return [
        _("%(amount)s leave the payees' accounts, in %(count)s payments.") % _sum_words(batch),
        _("The books are posted on %(day)s; a mistake is then undone by a return, payee by payee.")
        % {"day": batch.posted_on},
        _("If the books, terms or bank details changed since it was drafted, it is refused."),
    ]


def _approve(batch: PayoutBatch, said: Said) -> str:
    return standing(payouts.approve_batch(batch=batch, user=said.user, as_of=said.as_of))


def _of_discarding(batch: PayoutBatch) -> list[str]:
    return [_("Nothing was posted; %(amount)s stay owed.") % _sum_words(batch)]


def _discard(batch: PayoutBatch, _said: Said) -> str:
    return standing(payouts.discard_batch(batch=batch))


def _of_sending(batch: PayoutBatch) -> list[str]:
    return [
        _("You say that the bank has the file %(name)s.xml over %(amount)s, %(count)s payments.")
        % ({"name": batch.message_id} | _sum_words(batch)),
        _("From then on it waits for the bank's word on each payment."),
    ]


def _send(batch: PayoutBatch, said: Said) -> str:
    return standing(payouts.mark_sent(batch=batch, user=said.user, as_of=said.as_of))


def _of_settling(batch: PayoutBatch) -> list[str]:
    pending = _sum_words(batch, Payout.Status.PENDING)
    return [
        _("The bank statement shows %(count)s payments, %(amount)s: they are booked as paid.")
        % pending,
        _("What came back is returned before, one by one, or after."),
    ]


def _settle(batch: PayoutBatch, said: Said) -> str:
    count = payouts.settle_batch(batch=batch, user=said.user, day=said.day)
    return _("%(count)s payments are booked as paid.") % {"count": f"{count:,}"}


def _of_reporting(batch: PayoutBatch) -> list[str]:
    return [
        _("The report (pain.002) says of each payment whether it was paid; %(count)s are open.")
        % _sum_words(batch, Payout.Status.PENDING),
        _("What came back is owed to its payee again. The same report twice changes nothing."),
    ]


def _report(batch: PayoutBatch, said: Said) -> str:
    if said.report is None:
        raise payouts.PayoutError(_("Choose the bank's file."))
    if (said.report.size or 0) > MAX_BYTES:
        raise payouts.PayoutError(_("The file is too large for a status report."))
    try:
        report = read_status_report(said.report.read())
    except StatusReportError as error:
        raise payouts.PayoutError(str(error)) from error
    changed = payouts.apply_report(batch=batch, report=report, user=said.user, day=said.day)
    return _("%(count)s payments changed.") % {"count": f"{len(changed):,}"}


def standing(batch: PayoutBatch) -> str:
    """How far a batch is, in a sentence."""
    status = pgettext("payout", batch.get_status_display())
    return _("%(batch)s: %(status)s.") % {"batch": batch.message_id, "status": status}


HEARD_OF = frozenset({Status.SENT, Status.SETTLED})
STEPS = {
    step.name: step
    for step in (
        BatchStep(
            "approve",
            gettext_lazy("Approve"),
            frozenset({Status.DRAFT}),
            _of_approving,
            _approve,
        ),
        BatchStep(
            "sent", gettext_lazy("Sent to bank"), frozenset({Status.EXPORTED}), _of_sending, _send
        ),
        BatchStep(
            "settle",
            gettext_lazy("All paid"),
            frozenset({Status.SENT}),
            _of_settling,
            _settle,
            asks_day=True,
        ),
        BatchStep(
            "report",
            gettext_lazy("Bank's report"),
            HEARD_OF,
            _of_reporting,
            _report,
            asks_day=True,
            asks_report=True,
        ),
        BatchStep(
            "discard",
            gettext_lazy("Discard"),
            frozenset({Status.DRAFT}),
            _of_discarding,
            _discard,
        ),
    )
}
