"""What a person says of a candidate: one and the same, versions of each other, or distinct."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.duplicates.models import Candidate, Merge, Status
from catalog.duplicates.services.merging import SOURCE, MergeRefused, merge
from catalog.models import Party, Track, Work
from catalog.services.history import changing


class DecisionRefused(Exception):
    """A decision that cannot be taken; the message says why and what to do."""


def same(
    candidate: Candidate,
    survivor_id: int,
    *,
    by: User,
    reason: str,
    survivors_shares_count: bool = False,
) -> Merge:
    """The two are one: the other is merged into the one with this id.

    Raises:
        DecisionRefused: somebody decided before, or the id is neither's.
        MergeRefused: as `merging.merge` says.
    """
    with transaction.atomic():
        asked = _undecided(candidate)
        pair = {thing.pk: thing for thing in (asked.first, asked.second)}
        if survivor_id not in pair:
            raise DecisionRefused("Choose which of the two stays.")
        survivor = pair.pop(survivor_id)
        [other] = pair.values()
        return merge(
            survivor, other, by=by, reason=reason, survivors_shares_count=survivors_shares_count
        )


def versions(candidate: Candidate, original_id: int, *, by: User, reason: str) -> None:
    """The other one is derived from the one with this id; both stay.

    Raises DecisionRefused: of parties, where it would go round in a circle, or without a reason.
    """
    with changing(by=by, reason=reason, source=SOURCE):
        asked = _undecided(candidate)
        pair = {thing.pk: thing for thing in (asked.first, asked.second)}
        if original_id not in pair:
            raise DecisionRefused("Choose which of the two came first.")
        original = pair.pop(original_id)
        [derived] = pair.values()
        if isinstance(original, Party) or isinstance(derived, Party):
            raise DecisionRefused("People and companies have no versions; they are one or two.")
        _derive(derived, original)
        _decide(asked, Status.VERSIONS, by, reason)


def distinct(candidate: Candidate, *, by: User, reason: str) -> None:
    """The two have nothing to do with each other. Raises DecisionRefused."""
    with transaction.atomic():
        _decide(_undecided(candidate), Status.DISTINCT, by, reason)


def _undecided(candidate: Candidate) -> Candidate:
    asked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if asked.status != Status.OPEN:
        raise DecisionRefused(
            f"This was decided already: {asked.get_status_display()}. Reload the page."
        )
    return asked


def _derive(derived: Track | Work, original: Track | Work) -> None:
    above: Track | Work | None = original
    while above is not None:
        if above.pk == derived.pk:
            raise DecisionRefused(
                f"“{original}” is derived from “{derived}” already; it cannot be both ways."
            )
        above = above.derived_from
    type(derived)._default_manager.filter(pk=derived.pk).update(derived_from=original.pk)


def _decide(candidate: Candidate, status: Status, by: User, reason: str) -> None:
    if not reason.strip():
        raise DecisionRefused("Say why; whoever looks at the pair again wants to know.")
    candidate.status, candidate.reason = status, reason.strip()[:500]
    candidate.decided_by, candidate.decided_at = by, timezone.now()
    candidate.save(update_fields=["status", "reason", "decided_by", "decided_at"])


__all__ = ["DecisionRefused", "MergeRefused", "distinct", "same", "versions"]
