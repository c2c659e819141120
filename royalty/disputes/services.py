"""Objecting to an amount, answering, deciding; each is an event, and the other side is told."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.notices.models import Kind as News
from accounts.notices.services import notify
from catalog.claims.services.actors import Actor, ClaimError
from catalog.claims.services.attachments import Sent, keep
from common.database import tenancy
from royalty.disputes.models import Attachment, Dispute, Event
from royalty.models import Period, Restatement, Statement
from royalty.services.news import acting_for

Kind = Event.Kind
Status = Dispute.Status
MOST_OPEN = 50  # of a party: each is read by a person


@tenancy.acting_as(tenancy.SYSTEM)
def open_dispute(
    statement: Statement,
    actor: Actor,
    words: str,
    files: Sequence[Sent] = (),
    *,
    row: int | None = None,
    title: str = "",
    atoms: int = 0,
) -> Dispute:
    """Object to a line of a statement, or to all of it.

    Raises:
        ClaimError: the actor does not act for the payee, no reason is given, a file is nothing
            that is kept, the same is open already, or too much is.
    """
    actor.must_represent(statement.party)
    said = _said(words)
    if Dispute.objects.filter(party=statement.party, status=Status.OPEN).count() >= MOST_OPEN:
        raise ClaimError(
            _("%(count)s objections are open; wait for some of them.") % {"count": MOST_OPEN}
        )
    dispute = Dispute(
        statement=statement, party=statement.party, row=row, title=title[:300], atoms=atoms
    )
    try:
        with transaction.atomic():
            dispute.save(force_insert=True)
    except IntegrityError as error:
        raise ClaimError(_("You objected to this already; write into that one.")) from error
    _record(dispute, Kind.OPENED, actor, said, files)
    return dispute


@tenancy.acting_as(tenancy.SYSTEM)
def comment(dispute: Dispute, actor: Actor, words: str, files: Sequence[Sent] = ()) -> None:
    """Add words or a file, by either side; also after the decision.

    Raises:
        ClaimError: nothing is said, or a file is nothing that is kept.
    """
    actor.must_represent(dispute.party)
    if not words.strip() and not files:
        raise ClaimError(_("Write something, or send a file."), "words")
    _record(dispute, Kind.COMMENTED, actor, words.strip(), files)


@tenancy.acting_as(tenancy.SYSTEM)
def withdraw(dispute: Dispute, actor: Actor, as_of: datetime) -> None:
    """Take an objection back.

    Raises:
        ClaimError: it is decided or withdrawn already, or the actor does not act for the payee.
    """
    actor.must_represent(dispute.party)
    _end(dispute, Status.WITHDRAWN, as_of)
    _record(dispute, Kind.WITHDRAWN, actor, "")


@tenancy.acting_as(tenancy.SYSTEM)
def decide(dispute: Dispute, actor: Actor, *, is_upheld: bool, words: str, as_of: datetime) -> None:
    """Say whether the payee is right, and why. What is upheld is corrected by a restatement.

    Raises:
        ClaimError: it is not open, no reason is given, or the actor is not the operator.
    """
    actor.must_be_the_operator()
    said = _said(words)
    _end(dispute, Status.UPHELD if is_upheld else Status.REJECTED, as_of)
    _record(dispute, Kind.UPHELD if is_upheld else Kind.REJECTED, actor, said)


def waiting_for_correction(period: Period) -> QuerySet[Dispute]:
    """Upheld objections to a period's statements whose correction is not in the books yet."""
    upheld = Dispute.objects.filter(statement__period=period, status=Status.UPHELD)
    return upheld.filter(restatement=None).select_related("party").order_by("pk")


@tenancy.acting_as(tenancy.SYSTEM)
def corrected(disputes: Iterable[Dispute], restatement: Restatement, actor: Actor) -> None:
    """Say of upheld objections which restatement corrects them; their payees are told.

    Raises:
        ClaimError: one of them is not upheld, is corrected already or is about another period, or
            the actor is not the operator.
    """
    actor.must_be_the_operator()
    for dispute in disputes:
        waiting = waiting_for_correction(restatement.period).filter(pk=dispute.pk)
        if not waiting.update(restatement=restatement):
            raise ClaimError(
                _("The objection about %(title)s does not wait for this correction.")
                % {"title": dispute.title[:100]}
            )
        _record(dispute, Kind.CORRECTED, actor, restatement.reason)


def _end(dispute: Dispute, status: Status, as_of: datetime) -> None:
    is_ended = Dispute.objects.filter(pk=dispute.pk, status=Status.OPEN).update(
        status=status, decided_at=as_of
    )
    if not is_ended:
        raise ClaimError(_("The objection is not open any more; nothing was done."))


def _said(words: str) -> str:
    if not words.strip():
        raise ClaimError(_("Say why; the other side reads it."), "words")
    return words.strip()


def _record(
    dispute: Dispute, kind: Kind, actor: Actor, words: str, files: Sequence[Sent] = ()
) -> None:
    """Add an event with its files, and tell the other side."""
    event = Event.objects.create(
        dispute=dispute,
        kind=kind,
        by=actor.user,
        organisation=actor.organisation,
        side=actor.side([dispute.party]),
        words=words,
    )
    for sent in files:
        keep(Attachment(event=event), sent)
    _tell(dispute, kind, actor)


def _tell(dispute: Dispute, kind: Kind, actor: Actor) -> None:
    operators = Organisation.objects.filter(kind=Organisation.Kind.OPERATOR)
    sides = set(acting_for([dispute.party_id])) | set(operators.values_list("pk", flat=True))
    title = dispute.title[:100]

    def sentence() -> str:
        said = {
            Kind.OPENED: _("Somebody objected to an amount: %(title)s."),
            Kind.COMMENTED: _("There is an answer about an objection: %(title)s."),
            Kind.UPHELD: _("An objection was upheld: %(title)s."),
            Kind.REJECTED: _("An objection was rejected: %(title)s."),
            Kind.CORRECTED: _("What was objected to is corrected: %(title)s."),
            Kind.WITHDRAWN: _("An objection was withdrawn: %(title)s."),
        }
        return said[kind] % {"title": title}

    notify(News.DISPUTE, sides, sentence, f"/disputes/{dispute.pk}/", but=actor.user)
