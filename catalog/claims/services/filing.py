"""Filing a claim, taking it back, adding to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from catalog.claims.models import Claim
from catalog.claims.services.actors import Actor, ClaimError
from catalog.claims.services.attachments import Sent, media_type_of
from catalog.claims.services.conflicts import contest
from catalog.claims.services.recording import Kind, Said, record
from catalog.claims.services.shares import contested_in, lock, shares_in
from catalog.claims.zones import Part
from catalog.models import COMPOSITION_ROLES, Party, Right, Role, Track, Work
from catalog.territories import Territory
from common.database import tenancy
from common.percent import percent

MOST_CONTESTED = 10  # open contested claims of an organisation: each holds others' money
MOST_FILED = 100  # claims of an organisation that wait


@dataclass(frozen=True)
class Draft:
    """What somebody claims, before it is a claim."""

    subject: Work | Track  # of a work its composition, of a track its recording
    party: Party
    role: Role
    share_ppm: int
    territory: Territory
    valid_from: date
    valid_until: date | None
    basis: str
    is_declared: bool = False

    @property
    def right(self) -> Right:
        return Right.COMPOSITION if isinstance(self.subject, Work) else Right.RECORDING


@tenancy.acting_as(tenancy.SYSTEM)
def file_claim(draft: Draft, actor: Actor, files: Sequence[Sent] = ()) -> Claim:
    """File a claim. Where it fits it waits for a decision; else it is contested from now on.

    Raises:
        ClaimError: the claimant does not act for the party, the claim is incomplete or made
            already, the party has such a share, or too many claims are open.
    """
    actor.must_represent(draft.party)
    _refuse_incomplete(draft, files)
    claim = _claim(draft, actor)
    lock(claim)
    refuse_repeated(claim)
    _refuse_too_many(actor, Claim.Status.FILED, MOST_FILED)
    claim.save(force_insert=True)
    record(Kind.FILED, actor, claim=claim, said=Said(claim.basis, files), tell=False)
    if exceeds(claim):
        _refuse_too_many(actor, Claim.Status.CONTESTED, MOST_CONTESTED)
        contest(claim, actor)
    return claim


def exceeds(claim: Claim) -> bool:
    """Whether there would be more than the whole with this claim as a share."""
    part = Part(claim.zone, claim.share_ppm)
    return contested_in(claim, claim.zone, [part]) is not None


@tenancy.acting_as(tenancy.SYSTEM)
def withdraw(claim: Claim, actor: Actor) -> Claim:
    """Take back a claim that nobody decided about; who gives up a contested one yields.

    Raises:
        ClaimError: it is not the actor's, or it does not wait any more.
    """
    locked = own_claim(claim, actor)
    if locked.status != Claim.Status.FILED:
        raise ClaimError(
            _("The claim is %(status)s; it does not wait any more.")
            % {"status": _(locked.get_status_display())}
        )
    locked.status = Claim.Status.WITHDRAWN
    locked.save(update_fields=["status"])
    record(Kind.WITHDRAWN, actor, claim=locked)
    return locked


@tenancy.acting_as(tenancy.SYSTEM)
def appeal(claim: Claim, actor: Actor, words: str, files: Sequence[Sent] = ()) -> Claim:
    """Have a suspended claim looked at once more, by its claimant, who says why.

    Raises:
        ClaimError: it is not suspended, was appealed against before, or no reason is given.
    """
    locked = own_claim(claim, actor)
    if locked.status != Claim.Status.SUSPENDED:
        raise ClaimError(
            _("The claim is %(status)s, not suspended.")
            % {"status": _(locked.get_status_display())}
        )
    if locked.events.filter(kind=Kind.APPEALED).exists():
        raise ClaimError(_("You appealed before; what was decided then stands."))
    if not words.strip():
        raise ClaimError(_("Say why it should be looked at again."), "words")
    refuse_repeated(locked)
    locked.status, locked.conflict = Claim.Status.FILED, None
    locked.save(update_fields=["status", "conflict"])
    record(Kind.APPEALED, actor, claim=locked, said=Said(words, files))
    return locked


@tenancy.acting_as(tenancy.SYSTEM)
def comment(claim: Claim, actor: Actor, words: str, files: Sequence[Sent] = ()) -> None:
    """Add words or a file to a claim, by its claimant or the operator.

    Raises:
        ClaimError: it is somebody else's, or nothing is said.
    """
    locked = own_claim(claim, actor)
    if not words.strip() and not files:
        raise ClaimError(_("Write something, or send a file."), "words")
    record(Kind.COMMENTED, actor, claim=locked, conflict=locked.conflict, said=Said(words, files))


def own_claim(claim: Claim, actor: Actor) -> Claim:
    """The claim, locked, if the actor's organisation filed it or they are the operator.

    Raises:
        ClaimError: it is another's.
    """
    lock(claim)
    locked = Claim.objects.select_for_update(of=("self",)).select_related("party").get(pk=claim.pk)
    if actor.organisation is not None and actor.organisation.pk != locked.organisation_id:
        raise ClaimError(_("The claim is somebody else's."))
    return locked


def _claim(draft: Draft, actor: Actor) -> Claim:
    subject = draft.subject
    return Claim(
        right=draft.right,
        work=subject if isinstance(subject, Work) else None,
        track=subject if isinstance(subject, Track) else None,
        title=subject.title,
        territory=draft.territory,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        organisation=actor.organisation,
        filed_by=actor.user,
        party=draft.party,
        party_name=draft.party.name,
        role=draft.role,
        share_ppm=draft.share_ppm,
        basis=draft.basis,
        is_declared=draft.is_declared,
    )


def _refuse_incomplete(draft: Draft, files: Sequence[Sent]) -> None:
    if draft.subject.merged_into_id is not None:
        raise ClaimError(
            _("“%(title)s” was found to be another; claim that one instead.")
            % {"title": draft.subject.title},
            "subject",
        )
    if draft.party.merged_into_id is not None:
        raise ClaimError(
            _("%(party)s was found to be another party.") % {"party": draft.party.name}, "party"
        )
    if (draft.role in COMPOSITION_ROLES) != (draft.right == Right.COMPOSITION):
        raise ClaimError(
            _("A %(role)s has no share of a %(right)s.")
            % {"role": _(draft.role.label.lower()), "right": _(draft.right.value)},
            "role",
        )
    if not 0 < draft.share_ppm <= 1_000_000:
        raise ClaimError(_("A share is more than 0 and at most 100 %."), "share")
    if draft.valid_until is not None and draft.valid_until <= draft.valid_from:
        raise ClaimError(_("It ends before it begins."), "valid_until")
    if not draft.basis.strip():
        raise ClaimError(_("Say by what it is yours."), "basis")
    if not files and not draft.is_declared:
        raise ClaimError(_("Send a document, or declare that the claim is true."), "is_declared")
    for sent in files:
        media_type_of(sent)


def refuse_repeated(claim: Claim) -> None:
    """
    Raises:
        ClaimError: the party claims this already, or has it.
    """
    role = _(claim.get_role_display().lower())
    same = Claim.objects.filter(
        party=claim.party,
        role=claim.role,
        work=claim.work_id,
        track=claim.track_id,
        status__in=[Claim.Status.FILED, Claim.Status.CONTESTED],
    )
    if same.exclude(pk=claim.pk).exists():
        raise ClaimError(
            _(
                "%(party)s claims a part of this as %(role)s already; wait until that is decided, "
                "or withdraw it."
            )
            % {"party": claim.party_name, "role": role},
            "role",
        )
    for share in shares_in(claim, claim.zone):
        if (share.party_id, share.role) == (claim.party_id, claim.role):
            raise ClaimError(
                _(
                    "%(party)s has %(share)s as %(role)s on some of these days in some of these "
                    "countries; claim what lies outside, or ask the operator to change that share."
                )
                % {"party": claim.party_name, "share": percent(share.share_ppm), "role": role},
                "role",
            )


def _refuse_too_many(actor: Actor, status: Claim.Status, most: int) -> None:
    if actor.organisation is None:
        return
    if Claim.objects.filter(organisation=actor.organisation, status=status).count() >= most:
        raise ClaimError(
            _("%(count)d claims of yours are %(status)s; see these through before you file more.")
            % {"count": most, "status": _(status.label)}
        )
