"""What a person of the operator decides about a claim: to accept, to refuse, to suspend it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from catalog.claims.models import Claim
from catalog.claims.services.actors import Actor, ClaimError
from catalog.claims.services.attachments import Sent
from catalog.claims.services.conflicts import (
    contest,
    give_up,
    settle_if_nothing_is_contested,
)
from catalog.claims.services.filing import exceeds, own_claim, refuse_repeated
from catalog.claims.services.recording import Kind, Said, record
from catalog.claims.services.shares import Line, make
from common.database import tenancy

Status = Claim.Status


@tenancy.acting_as(tenancy.SYSTEM)
def accept(claim: Claim, actor: Actor, words: str = "") -> Claim:
    """Make a claim a share. Where it does not fit any more, a conflict is opened instead.

    Raises:
        ClaimError: it does not wait (any more), the party has such a share meanwhile, or the actor
            is not the operator.
    """
    locked = _waiting(claim, actor)
    refuse_repeated(locked)
    if exceeds(locked):
        contest(locked, actor)
        return locked
    with actor.changing(locked.party, "A claim was accepted.", locked):
        locked.share = make(locked, Line(locked.party_id, locked.role, locked.share_ppm))
    locked.status = Status.ACCEPTED
    locked.save(update_fields=["status", "share"])
    record(Kind.ACCEPTED, actor, claim=locked, said=Said(words))
    return locked


@tenancy.acting_as(tenancy.SYSTEM)
def refuse(claim: Claim, actor: Actor, reason: str, files: Sequence[Sent] = ()) -> Claim:
    """Refuse a claim that waits, and say why.

    Raises:
        ClaimError: it does not wait, no reason is given, or the actor is not the operator.
    """
    locked = _waiting(claim, actor)
    locked.status = Status.REFUSED
    locked.save(update_fields=["status"])
    record(Kind.REFUSED, actor, claim=locked, said=Said(_said(reason), files))
    return locked


@tenancy.acting_as(tenancy.SYSTEM)
def suspend(claim: Claim, actor: Actor, reason: str) -> Claim:
    """Take a frivolous claim out of a conflict, so that it holds nobody's money.

    Its share goes, from its first day on; its claimant may appeal once.

    Raises:
        ClaimError: it is not contested, no reason is given, or the actor is not the operator.
    """
    actor.must_be_the_operator()
    locked = own_claim(claim, actor)
    if locked.status != Status.CONTESTED:
        raise ClaimError(
            _("The claim is %(status)s, not contested.")
            % {"status": _(locked.get_status_display())}
        )
    said = _said(reason)
    conflict = locked.conflict
    assert conflict is not None
    suspended = record(
        Kind.SUSPENDED, actor, claim=locked, conflict=conflict, said=Said(said), tell=False
    )
    give_up(locked, Status.SUSPENDED, actor)
    settle_if_nothing_is_contested(conflict, actor, after=suspended)
    return locked


def _waiting(claim: Claim, actor: Actor) -> Claim:
    actor.must_be_the_operator()
    locked = own_claim(claim, actor)
    if locked.status != Status.FILED:
        raise ClaimError(
            _("The claim is %(status)s meanwhile; there is nothing to decide.")
            % {"status": _(locked.get_status_display())}
        )
    return locked


def _said(reason: str) -> str:
    if not reason.strip():
        raise ClaimError(_("Say why; the claimant reads it."), "words")
    return reason.strip()
