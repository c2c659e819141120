"""What holds money or waits for a person, over all kinds: each with a sentence and where to go.

Only reads, and decides nothing. Of kinds that can be very many there is one row for all, or the
newest; the page that a row leads to has the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.deliveries.models import Delivery
from catalog.quality.models import Finding
from catalog.quality.rules import Severity
from common.jobs.models import Job
from royalty.models import AccountKind, Contract, HeldRelease, Notice, Period, TaxForm
from royalty.selectors.calendar import unfinished, waiting_batches, waits_for
from royalty.selectors.held import held_money
from royalty.selectors.late import late_events
from royalty.selectors.payouts import propose
from royalty.selectors.receivables import unmatched_receipts
from royalty.selectors.sent_files import refused_and_not_sent_anew
from royalty.selectors.usage_holds import usage_holds

MOST_OF_A_KIND = 200


class Kind(TextChoices):
    """What sort of trouble it is."""

    CONTESTED = "contested", gettext_lazy("contested shares")
    UNCLAIMED = "unclaimed", gettext_lazy("owners not known")
    UNATTRIBUTED = "unattributed", gettext_lazy("no track accounts for it")
    UNVERIFIED = "unverified", gettext_lazy("features not verified")
    UNUSED = "unused", gettext_lazy("nothing was used")
    RELEASE = "release", gettext_lazy("release asked for")
    USAGE = "usage", gettext_lazy("strange uses")
    LATE = "late", gettext_lazy("late events")
    REFUSED = "refused", gettext_lazy("refused files and rows")
    RECEIPT = "receipt", gettext_lazy("unmatched receipts")
    PAYEE = "payee", gettext_lazy("payees who are not paid")
    TAX_FORM = "tax_form", gettext_lazy("tax forms to look at")
    NOTICE = "notice", gettext_lazy("e-mails that did not arrive")
    QUALITY = "quality", gettext_lazy("data quality")
    JOB = "job", gettext_lazy("dead jobs")


@dataclass(frozen=True)
class Trouble:
    """One thing that somebody has to look after."""

    kind: Kind
    sentence: str
    link: str
    since: date | None = None
    atoms: int | None = None  # what it holds, if that is known
    currency: str = ""
    owner: str = ""  # who looks after it, if anybody does

    def age_days(self, day: date) -> int | None:
        return None if self.since is None else (day - self.since).days


OF_ACCOUNT = {
    AccountKind.HELD_DISPUTED: (Kind.CONTESTED, "catalogue:claims"),
    AccountKind.HELD_UNCLAIMED: (Kind.UNCLAIMED, "catalogue:claims"),
    AccountKind.HELD_UNATTRIBUTED: (Kind.UNATTRIBUTED, "accountant:held"),
    AccountKind.HELD_UNVERIFIED: (Kind.UNVERIFIED, "accountant:held"),
    AccountKind.HELD_NO_USE: (Kind.UNUSED, "accountant:held"),
}


def troubles(day: date) -> list[Trouble]:
    """All of it, what holds most money first, then the oldest."""
    found = [each for source in SOURCES for each in source(day)]
    return sorted(found, key=lambda each: (-(each.atoms or 0), each.since or day, each.sentence))


Waiting = tuple[date, str, str]  # since when, in a sentence, and the address where it is done


def waiting(day: date) -> list[Waiting]:
    """Each period that waits for a person today, the longest waiting first."""
    contracts = Contract.objects.filter(valid_from__lte=day).order_by("code")
    return sorted(
        (due.on, due.sentence, reverse("accountant:period", args=[period.pk]))
        for contract in contracts
        for period in unfinished(contract)
        if (due := waits_for(period, day)) is not None and due.waits
    )


def urgent(day: date) -> list[Waiting]:
    """Periods and batches of payouts that wait for a person, the longest waiting first."""
    batches = [
        (due.on, due.sentence, reverse("accountant:payouts-batch", args=[due.batch_id]))
        for due in waiting_batches()
    ]
    return sorted([*waiting(day), *batches])


def _held(_day: date) -> Iterator[Trouble]:
    for held in held_money():
        kind, page = OF_ACCOUNT[AccountKind(held.account.kind)]
        sentence = f"{held.period}: {_(held.account.get_kind_display())}; {held.goes}."
        yield Trouble(kind, sentence, reverse(page), held.since, held.atoms, held.account.currency)


def _releases(_day: date) -> Iterator[Trouble]:
    asked = HeldRelease.objects.filter(decided_at__isnull=True).select_related(
        "period__contract", "requested_by"
    )
    for release in asked.order_by("pk")[:MOST_OF_A_KIND]:
        yield Trouble(
            Kind.RELEASE,
            _("A release of what %(period)s holds waits for a second person: %(reason)s")
            % {"period": release.period, "reason": release.reason},
            reverse("accountant:held"),
            release.requested_at.date(),
            release.amount_atoms,
            release.period.contract.currency,
            str(release.requested_by),
        )


def _usage(_day: date) -> Iterator[Trouble]:
    undecided = usage_holds().filter(decision=None).exclude(period__status=Period.Status.CLOSED)
    for hold in undecided.select_related("period__contract")[:MOST_OF_A_KIND]:
        link = reverse("accountant:usage-hold", args=[hold.pk])
        sentence = f"{hold.period}: {hold.sentence}"
        yield Trouble(Kind.USAGE, sentence, link, hold.found_at.date())


def _late(_day: date) -> Iterator[Trouble]:
    for late in late_events():
        link = reverse("accountant:restate", args=[late.period.pk])
        yield Trouble(Kind.LATE, late.sentence, link, late.since.date())


def _refused(_day: date) -> Iterator[Trouble]:
    for file in refused_and_not_sent_anew().order_by("-received_at")[:MOST_OF_A_KIND]:
        sentence = _("%(platform)s: the file %(name)s was refused, with %(count)s faults.") % {
            "platform": file.platform,
            "name": file.name,
            "count": f"{file.error_count:,}",
        }
        link = reverse("accountant:refused-file", args=[file.pk])
        yield Trouble(Kind.REFUSED, sentence, link, file.received_at.date())
    states = (Delivery.Status.CHECKED, Delivery.Status.REFUSED, Delivery.Status.FAILED)
    delivered = Delivery.objects.filter(status__in=states).order_by("-received_at")
    for delivery in delivered[:MOST_OF_A_KIND]:
        yield Trouble(
            Kind.REFUSED,
            f"{delivery.name}: {delivery.get_status_display()}",
            reverse("catalogue:delivery", args=[delivery.pk]),
            delivery.received_at.date(),
        )


def _receipts(_day: date) -> Iterator[Trouble]:
    for receipt in unmatched_receipts()[:MOST_OF_A_KIND]:
        sentence = _("From %(payer)s: nobody knows what for. %(words)s") % {
            "payer": receipt.payer_name or "?",
            "words": receipt.remittance,
        }
        link = reverse("accountant:receipt", args=[receipt.pk])
        yield Trouble(
            Kind.RECEIPT, sentence, link, receipt.booked_on, receipt.rest_atoms, receipt.currency
        )


def _payees(day: date) -> Iterator[Trouble]:
    for code in Contract.objects.order_by("currency").values_list("currency", flat=True).distinct():
        link = f"{reverse('accountant:payouts-unpaid')}?currency={code}"
        count = sum(bool(each.refusal) for each in propose(code, day))
        if count:
            sentence = ngettext(
                "%(count)d payee has money in %(code)s and is not paid today; see why.",
                "%(count)d payees have money in %(code)s and are not paid today; see why.",
                count,
            ) % {"count": count, "code": code}
            yield Trouble(Kind.PAYEE, sentence, link)


def _tax_forms(_day: date) -> Iterator[Trouble]:
    waiting = TaxForm.objects.filter(decided_at=None).aggregate(
        n=Count("pk"), since=Min("created_at")
    )
    if waiting["n"]:
        sentence = ngettext(
            "%(count)d tax form waits to be looked at.",
            "%(count)d tax forms wait to be looked at.",
            waiting["n"],
        ) % {"count": waiting["n"]}
        link = reverse("accountant:payouts-tax-forms")
        yield Trouble(Kind.TAX_FORM, sentence, link, waiting["since"].date())


def _notices(_day: date) -> Iterator[Trouble]:
    lost = Notice.objects.filter(status__in=[Notice.Status.FAILED, Notice.Status.LOST])
    found = lost.select_related("publication__period__contract").order_by("-pk")
    for notice in found[:MOST_OF_A_KIND]:
        period = notice.publication.period
        sentence = f"{period}, {notice.address}: {notice.get_status_display()}. {notice.error}"
        link = reverse("accountant:period", args=[period.pk])
        yield Trouble(Kind.NOTICE, sentence, link, notice.created_at.date())


def _quality(_day: date) -> Iterator[Trouble]:
    blocking = Finding.objects.filter(
        status=Finding.Status.OPEN, severity=Severity.BLOCKING.value
    ).values_list("rule", "steward__email")
    for rule, steward, count, since in blocking.annotate(Count("pk"), Min("first_seen_at")):
        sentence = ngettext(
            "%(rule)s: %(count)d finding without which money cannot go right.",
            "%(rule)s: %(count)d findings without which money cannot go right.",
            count,
        ) % {"rule": rule, "count": count}
        link = f"{reverse('catalogue:quality-findings')}?rule={rule}&severity=blocking"
        yield Trouble(Kind.QUALITY, sentence, link, since.date(), owner=steward or "")


def _jobs(_day: date) -> Iterator[Trouble]:
    dead = Job.objects.filter(status=Job.Status.FAILED).order_by("-created_at")
    for job in dead[:MOST_OF_A_KIND]:
        link = reverse("accountant:dead-job", args=[job.pk])
        yield Trouble(Kind.JOB, f"{job.kind}: {job.error}", link, job.created_at.date())


SOURCES: tuple[Callable[[date], Iterator[Trouble]], ...] = (
    *(_held, _releases, _usage, _late, _refused, _receipts, _payees, _tax_forms, _notices),
    *(_quality, _jobs),
)
