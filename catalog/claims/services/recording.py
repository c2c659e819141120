"""Writing down what somebody did, with the files that they sent, and telling those concerned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.webhooks.services.emitting import emit
from catalog.claims.models import Attachment, Claim, Conflict, Event, Proposal
from catalog.claims.services.actors import Actor, Program
from catalog.claims.services.attachments import Sent, keep
from catalog.claims.services.notices import address_of_conflict
from catalog.claims.services.notices import tell as tell_people
from catalog.claims.services.shares import shares_in
from catalog.models import Party, Representation

Kind = Event.Kind


@dataclass(frozen=True)
class Said:
    """What comes with what somebody does: words, and files that prove them."""

    words: str = ""
    files: Sequence[Sent] = ()


NOTHING = Said()


def record(
    kind: Event.Kind,
    actor: Actor | Program,
    *,
    claim: Claim | None = None,
    conflict: Conflict | None = None,
    proposal: Proposal | None = None,
    said: Said = NOTHING,
    tell: bool = True,
) -> Event:
    """Add an event, and tell the people of every side but who acted.

    Args:
        tell: False where the same act does more, so that people are told of all of it at once.

    Raises:
        ClaimError: a file is nothing that is kept.
    """
    parties = _concerned(claim, conflict)
    event = Event.objects.create(
        kind=kind,
        claim=claim,
        conflict=conflict,
        proposal=proposal,
        by=actor.user,
        organisation=actor.organisation,
        side=actor.side(parties),
        words=said.words.strip(),
    )
    for sent in said.files:
        keep(Attachment(event=event), sent)
    if tell:
        announce(event)
    return event


def announce(*events: Event) -> None:
    """Tell the people of every side of what one act did, the last of which all sides see."""
    claim, conflict = events[-1].claim, events[-1].conflict
    tell_people(events, told_of(_concerned(claim, conflict), claim, conflict))


def _concerned(claim: Claim | None, conflict: Conflict | None) -> list[Party]:
    """Whose right something is about: who claims it, and who has or had a share in a conflict."""
    ids = {claim.party_id} if claim is not None else set()
    if conflict is not None:
        _note_sides(conflict)
        ids |= set(conflict.party_ids)
    return list(Party.objects.filter(pk__in=ids).order_by("pk"))


def _note_sides(conflict: Conflict) -> None:
    """Keep who is concerned: a share that is given up leaves no trace among the shares."""
    now = {share.party_id for share in shares_in(conflict, conflict.zone)}
    if not now <= set(conflict.party_ids):
        conflict.party_ids = sorted({*conflict.party_ids, *now})
        conflict.save(update_fields=["party_ids"])


def told_of(parties: Iterable[Party], claim: Claim | None, conflict: Conflict | None) -> set[int]:
    """The ids of organisations that act for one of the parties, or claimed."""
    organisations = set(organisations_of(parties))
    claims = [*([claim] if claim else []), *(conflict.claims.all() if conflict else [])]
    return organisations | {each.organisation_id for each in claims if each.organisation_id}


def organisations_of(parties: Iterable[Party]) -> list[int]:
    """The ids of organisations that act for one of the parties."""
    found = Representation.objects.filter(party__in=list(parties))
    return sorted(set(found.values_list("organisation_id", flat=True)))


def tell_programs(conflict: Conflict, event_type: str) -> None:
    """Tell the endpoints of every side that a conflict was opened or settled."""
    news = {
        "conflict": str(conflict.pk),
        "right": conflict.right,
        "title": conflict.title,
        "url": address_of_conflict(conflict),
    }
    if event_type == "conflict.settled":
        news["outcome"] = conflict.outcome
    for organisation_id in organisations_of(_concerned(None, conflict)):
        emit(organisation_id, event_type, news)
