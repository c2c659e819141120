"""How a conflict ends: its sides agree on a split, one yields, or an outcome is recorded.

A split says what each party has of the contested right from a day on, in the countries and until
the day of the conflict. It is written as shares. Unless it is said otherwise it begins on the first
contested day, also where periods of then are closed: these stay in the books as they are until
`manage.py period restate` posts what differs, which places what was held.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.claims.models import Claim, Conflict, Event, Proposal
from catalog.claims.services.actors import Actor, ClaimError
from catalog.claims.services.attachments import Sent
from catalog.claims.services.conflicts import (
    Outcome,
    give_up,
    settle,
    settle_if_nothing_is_contested,
)
from catalog.claims.services.recording import Kind, Said, announce, record
from catalog.claims.services.shares import (
    Line,
    fingerprint,
    lock,
    lower,
    rewrite,
    shares_in,
)
from catalog.claims.zones import Zone
from catalog.models import Party, Representation, Share
from catalog.services.history import changing
from common.database import tenancy
from common.money import PPM
from common.percent import percent

MOST_WORDS = 300  # of an outcome that the history of the shares repeats


@dataclass(frozen=True)
class Split:
    """What each party is to have, from which day on."""

    begins_on: date
    lines: tuple[Line, ...]


@tenancy.acting_as(tenancy.SYSTEM)
def propose(conflict: Conflict, actor: Actor, split: Split, words: str = "") -> Proposal:
    """Propose a split to the other sides; it takes the place of what was proposed before.

    Raises:
        ClaimError: the conflict is over, the actor is no side, or the split cannot be.
    """
    locked = _open(conflict)
    shares = shares_in(locked, locked.zone)
    organisation = actor.organisation
    if organisation is None:
        raise ClaimError(_("Its sides propose; you record an outcome."))
    _must_be_a_side(actor, shares)
    _refuse_impossible(locked, split)
    proposal = Proposal.objects.create(
        conflict=locked,
        number=locked.proposals.count() + 1,
        organisation=organisation,
        side=actor.side(share.party for share in shares),
        begins_on=split.begins_on,
        split=_as_json(split, shares),
        shares_sha256=fingerprint(shares),
    )
    proposed = record(
        Kind.PROPOSED, actor, conflict=locked, proposal=proposal, said=Said(words), tell=False
    )
    _settle_if_all_agree(proposal, actor, after=proposed)  # who gives something up asks nobody
    return proposal


@tenancy.acting_as(tenancy.SYSTEM)
def agree(proposal: Proposal, actor: Actor) -> Conflict:
    """Agree to the proposal that stands; with the last side's word it is written as shares.

    Raises:
        ClaimError: the conflict is over, another proposal stands, a share changed since it was
            made, or the actor is no side or agreed before.
    """
    locked = _open(proposal.conflict)
    shares = shares_in(locked, locked.zone)
    _must_be_a_side(actor, shares)
    if locked.proposals.order_by("-number").first() != proposal:
        raise ClaimError(_("Another proposal was made meanwhile; read that one."))
    if is_stale(proposal, shares):
        raise ClaimError(_("A share has changed since this was proposed; propose it again."))
    if actor.organisation is None or actor.organisation.pk in _agreed(proposal):
        raise ClaimError(_("You agreed already; the other sides have not all."))
    agreed = record(Kind.AGREED, actor, conflict=locked, proposal=proposal, tell=False)
    _settle_if_all_agree(proposal, actor, after=agreed)
    locked.refresh_from_db()
    return locked


def is_stale(proposal: Proposal, shares: Collection[Share]) -> bool:
    """Whether the shares are others than those that it was made from."""
    return proposal.shares_sha256 != fingerprint(shares)


@tenancy.acting_as(tenancy.SYSTEM)
def yield_part(
    conflict: Conflict, actor: Actor, party: Party, role: str, *, to_ppm: int, words: str = ""
) -> Conflict:
    """Let a party have less of what is contested, or nothing, by its own word.

    Raises:
        ClaimError: the conflict is over, the actor does not act for the party, it has no such
            share, or it would not have less.
    """
    locked = _open(conflict)
    actor.must_represent(party)
    shares = shares_in(locked, locked.zone)
    mine = [each.share_ppm for each in shares if (each.party_id, each.role) == (party.pk, role)]
    if not mine:
        raise ClaimError(_("%(party)s has no such share.") % {"party": party.name}, "party")
    if not 0 <= to_ppm < max(mine):
        raise ClaimError(
            _("Name less than the %(share)s that %(party)s claims now.")
            % {"share": percent(max(mine)), "party": party.name},
            "share",
        )
    told = f"{party.name}, from {max(mine) / 10_000:g} % to {to_ppm / 10_000:g} %"
    said = Said(f"{told}: {words}" if words.strip() else told)
    yielded = record(Kind.YIELDED, actor, conflict=locked, said=said, tell=False)
    claim = _contested(locked).filter(party=party, role=role).first()
    if claim is not None and to_ppm == 0:
        give_up(claim, Claim.Status.WITHDRAWN, actor)
    with actor.changing(party, "A side of a conflict yielded.", locked):
        lower(locked, locked.zone, Line(party.pk, role, to_ppm))
    _keep_track(locked)
    settle_if_nothing_is_contested(locked, actor, after=yielded)
    return locked


@tenancy.acting_as(tenancy.SYSTEM)
def decide(
    conflict: Conflict, actor: Actor, split: Split, words: str, files: Sequence[Sent]
) -> Conflict:
    """Record what a court said or the sides signed elsewhere, with the document.

    Raises:
        ClaimError: the conflict is over, the split cannot be, words or a document are missing, or
            the actor is not the operator.
    """
    actor.must_be_the_operator()
    locked = _open(conflict)
    _refuse_impossible(locked, split)
    if not words.strip():
        raise ClaimError(_("Say what was decided and by whom; every side reads it."), "words")
    if not files:
        raise ClaimError(_("Send the document that says so."), "file")
    record(Kind.COMMENTED, actor, conflict=locked, said=Said(words, files), tell=False)
    with changing(by=actor.user, reason=words[:MOST_WORDS], source=f"conflict:{locked.pk}"):
        _write(locked, _window(locked, split.begins_on), split.lines)
    return settle(locked, Outcome.DECIDED, actor, words)


@tenancy.acting_as(tenancy.SYSTEM)
def look_again(conflict: Conflict, actor: Actor) -> bool:
    """Settle a conflict whose shares were mended elsewhere; returns whether nothing is contested.

    Raises:
        ClaimError: it is over, or the actor is not the operator.
    """
    actor.must_be_the_operator()
    return settle_if_nothing_is_contested(_open(conflict), actor)


@tenancy.acting_as(tenancy.SYSTEM)
def comment(conflict: Conflict, actor: Actor, words: str, files: Sequence[Sent] = ()) -> None:
    """Write to the other sides.

    Raises:
        ClaimError: the actor is no side, or nothing is said.
    """
    if not words.strip() and not files:
        raise ClaimError(_("Write something, or send a file."), "words")
    if actor.organisation is not None and not _took_part(conflict, actor):
        _must_be_a_side(actor, shares_in(conflict, conflict.zone))
    record(Kind.COMMENTED, actor, conflict=conflict, said=Said(words, files))


def _took_part(conflict: Conflict, actor: Actor) -> bool:
    return conflict.claims.filter(organisation=actor.organisation).exists()


def _open(conflict: Conflict) -> Conflict:
    lock(conflict)
    locked = Conflict.objects.select_for_update().get(pk=conflict.pk)
    if not locked.is_open:
        raise ClaimError(
            _("The conflict is over: %(outcome)s.") % {"outcome": _(locked.get_outcome_display())}
        )
    return locked


def _must_be_a_side(actor: Actor, shares: Collection[Share]) -> None:
    if not any(actor.represents(share.party) for share in shares):
        raise ClaimError(_("You act for none of those who claim a part of this."))


def _refuse_impossible(conflict: Conflict, split: Split) -> None:
    shares = shares_in(conflict, conflict.zone)
    known = {(share.party_id, share.role) for share in shares}
    if any((line.party_id, line.role) not in known for line in split.lines):
        raise ClaimError(_("A split names only those who claim a part of this."), "split")
    if len({(line.party_id, line.role) for line in split.lines}) < len(split.lines):
        raise ClaimError(_("A split names everybody once in a role."), "split")
    if any(not 0 <= line.share_ppm <= PPM for line in split.lines):
        raise ClaimError(_("A share is from 0 to 100 %."), "split")
    total_ppm = sum(line.share_ppm for line in split.lines)
    if total_ppm > PPM:
        raise ClaimError(
            _("That sums to %(sum)s, which is more than the whole.") % {"sum": percent(total_ppm)},
            "split",
        )
    after = conflict.valid_until
    if split.begins_on < conflict.valid_from or (after is not None and split.begins_on >= after):
        days = {"first": conflict.valid_from, "after": after}
        said = _("It is contested from %(first)s on; name a day then.")
        if after is not None:
            said = _("It is contested from %(first)s until %(after)s; name a day then.")
        raise ClaimError(said % days, "begins_on")


def _settle_if_all_agree(proposal: Proposal, actor: Actor, after: Event) -> None:
    if waiting_for(proposal):
        announce(after)
        return
    lines = [Line(each["party"], each["role"], each["share_ppm"]) for each in proposal.split]
    conflict = proposal.conflict
    with changing(
        by=actor.user,
        reason="The sides of a conflict agreed.",
        source=f"conflict:{conflict.pk}",
        actor=f"{proposal.side} and others"[:300],
    ):
        _write(conflict, _window(conflict, proposal.begins_on), lines)
    settle(conflict, Outcome.AGREED, actor, after=after)


def waiting_for(proposal: Proposal) -> list[Party]:
    """The parties who have to agree and did not: those to whom it gives other than they claim.

    Whoever keeps what they claim is asked nothing, so that one whom nobody represents here does not
    stand in the way.
    """
    conflict = proposal.conflict
    given = {(each["party"], each["role"]): each["share_ppm"] for each in proposal.split}
    asked = {
        share.party_id: share.party
        for share in shares_in(conflict, _window(conflict, proposal.begins_on))
        if given.get((share.party_id, share.role), 0) != share.share_ppm
    }
    spoken = Representation.objects.filter(organisation__in=_agreed(proposal), party__in=asked)
    agreed = set(spoken.values_list("party_id", flat=True))
    return [party for party_id, party in sorted(asked.items()) if party_id not in agreed]


def _agreed(proposal: Proposal) -> set[int]:
    """The organisations that agree; whoever proposes does."""
    agreed = Event.objects.filter(proposal=proposal, kind=Kind.AGREED)
    others = agreed.values_list("organisation_id", flat=True)
    return {proposal.organisation_id, *(each for each in others if each is not None)}


def _as_json(split: Split, shares: Collection[Share]) -> list[dict[str, object]]:
    names = {share.party_id: share.party.name for share in shares}
    return [
        {
            "party": line.party_id,
            "name": names[line.party_id],
            "role": line.role,
            "share_ppm": line.share_ppm,
        }
        for line in split.lines
    ]


def _window(conflict: Conflict, begins_on: date) -> Zone:
    return replace(conflict.zone, first=begins_on)


def _contested(conflict: Conflict) -> QuerySet[Claim]:
    return conflict.claims.filter(status=Claim.Status.CONTESTED)


def _write(conflict: Conflict, window: Zone, lines: Collection[Line]) -> None:
    rewrite(conflict, window, lines)
    _keep_track(conflict)


def _keep_track(conflict: Conflict) -> None:
    """Let each contested claim point to the share that became of it."""
    shares = {(each.party_id, each.role): each for each in shares_in(conflict, conflict.zone)}
    for claim in _contested(conflict):
        claim.share = shares.get((claim.party_id, claim.role))
        claim.save(update_fields=["share"])
