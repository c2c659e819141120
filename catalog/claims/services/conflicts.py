"""Opening a conflict, and seeing when nothing is contested any more."""

from django.utils import timezone

from catalog.claims.models import Claim, Conflict, Event
from catalog.claims.services.actors import Actor, Program
from catalog.claims.services.recording import Kind, Said, announce, record, tell_programs
from catalog.claims.services.shares import Line, contested_in, lower, make
from catalog.claims.zones import hull

Outcome = Conflict.Outcome


def contest(claim: Claim, actor: Actor) -> Conflict:
    """Make a claim a share beside the others', and open a conflict or join the one that is open.

    The right is locked, and with this claim it exceeds the whole.
    """
    with actor.changing(claim.party, "Claimed beside what others claim.", claim):
        claim.share = make(claim, Line(claim.party_id, claim.role, claim.share_ppm))
    zone = contested_in(claim, claim.zone)
    assert zone is not None, "a claim that fits is not contested"
    conflict = Conflict.objects.filter(
        work=claim.work_id, track=claim.track_id, settled_at=None
    ).first()
    is_new = conflict is None
    if conflict is None:
        conflict = Conflict(
            right=claim.right,
            work_id=claim.work_id,
            track_id=claim.track_id,
            title=claim.title,
            party_ids=[claim.party_id],
        )
    else:
        zone = hull(zone, conflict.zone)
    conflict.territory = zone.territory
    conflict.valid_from, conflict.valid_until = zone.first, zone.after
    conflict.save()
    claim.status, claim.conflict = Claim.Status.CONTESTED, conflict
    claim.save(update_fields=["status", "conflict", "share"])
    record(Kind.CONTESTED, actor, claim=claim, conflict=conflict)
    if is_new:
        tell_programs(conflict, "conflict.opened")
    return conflict


def give_up(claim: Claim, status: Claim.Status, actor: Actor) -> None:
    """Take the share of a contested claim away, from its first day on.

    When it was filed the party had no other share in its zone and role.
    """
    with actor.changing(claim.party, f"The contested claim was {status.label}.", claim):
        lower(claim, claim.zone, Line(claim.party_id, claim.role, 0))
    claim.status, claim.share = status, None
    claim.save(update_fields=["status", "share"])


def settle(
    conflict: Conflict,
    outcome: Outcome,
    actor: Actor | Program,
    words: str = "",
    after: Event | None = None,
) -> Conflict:
    """Say that a conflict is over, how, and tell every side.

    Args:
        after: what the same act did before, which nobody was told of yet.
    """
    conflict.outcome, conflict.settled_at = outcome, timezone.now()
    conflict.save(update_fields=["outcome", "settled_at"])
    contested = conflict.claims.filter(status=Claim.Status.CONTESTED)
    contested.update(status=Claim.Status.SETTLED)
    said = Said(words or conflict.get_outcome_display())
    settled = record(Kind.SETTLED, actor, conflict=conflict, said=said, tell=False)
    announce(*([after] if after else []), settled)
    tell_programs(conflict, "conflict.settled")
    return conflict


def settle_if_nothing_is_contested(
    conflict: Conflict, actor: Actor, after: Event | None = None
) -> bool:
    """Settle a conflict whose shares do not exceed the whole any more; returns whether it did.

    Args:
        after: as for `settle`; it is told of alone where the conflict goes on.
    """
    if not conflict.is_open or contested_in(conflict, conflict.zone) is not None:
        if after is not None:
            announce(after)
        return False
    settle(conflict, Outcome.YIELDED, actor, after=after)
    return True
