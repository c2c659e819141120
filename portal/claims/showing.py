"""What a page about a conflict or a claim shows, whoever looks; and its files, to download."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone

from catalog.claims.models import Conflict, Proof
from catalog.claims.selectors import conflicts as reading
from catalog.claims.selectors.conflicts import Standing, newest_proposal, timeline_of
from catalog.claims.selectors.unclaimed import by_identifier, listed
from catalog.claims.services.actors import Actor, ClaimError
from catalog.claims.services.filing import Draft
from catalog.claims.services.settling import is_stale
from catalog.claims.services.shares import shares_in
from catalog.models import Party, Right, Role, Track, Work
from common.money import PPM
from portal.claims.forms import ClaimForm

BAR = 1_000  # units of the bar's width
TONES = 4  # ways to fill a side's part


@dataclass(frozen=True)
class Segment:
    """A part of the bar: a side's, the contested one, or nobody's."""

    kind: str
    x: int
    width: int
    label: str
    ppm: int


def bar(standing: Standing) -> list[Segment]:
    """The whole of a right: what each side has for sure, what is contested, what is nobody's."""
    parts = [
        (f"side-{number % TONES}", side.party.name, side.sure_ppm)
        for number, side in enumerate(standing.sides)
        if side.sure_ppm
    ]
    parts.append(("contested", "contested", standing.contested_ppm))
    parts.append(("nobody", "claimed by nobody", max(0, PPM - standing.claimed_ppm)))
    segments, at_ppm = [], 0
    for kind, label, ppm in parts:
        if ppm:
            x = at_ppm * BAR // PPM
            at_ppm += ppm
            segments.append(Segment(kind, x, at_ppm * BAR // PPM - x, label, ppm))
    return segments


def conflict_context(conflict: Conflict, own: Collection[Party]) -> dict[str, Any]:
    """What every side may read; `own` are the parties for whom the reader acts."""
    standing = reading.standing_of(conflict)
    proposal = newest_proposal(conflict)
    return {
        "conflict": conflict,
        "standing": standing,
        "bar": bar(standing),
        "own": own,
        "timeline": timeline_of(conflict),
        "claims": list(conflict.claims.order_by("pk")),
        "proposal": proposal,
        "is_stale": proposal is not None and is_stale(proposal, shares_in(conflict, conflict.zone)),
    }


def subject_of(right: str, ref: str, written: str = "") -> Work | Track | None:
    """What somebody wants to claim: a work or a track that they see, that the public list has, or
    whose ISWC or ISRC they know."""
    if right not in Right.values:
        return None
    if written:
        return by_identifier(Right(right), written)
    kind = Work if right == Right.COMPOSITION else Track
    seen: Work | Track | None = kind.objects.filter(ref=ref, merged_into=None).first()
    return seen or listed(Right(right), ref, on=timezone.localdate())


def draft_of(form: ClaimForm, subject: Work | Track) -> Draft:
    """What a form that is valid says."""
    said = form.cleaned_data
    return Draft(
        subject=subject,
        party=said["party"],
        role=Role(said["role"]),
        share_ppm=form.share_ppm,
        territory=said["territory"],
        valid_from=said["valid_from"],
        valid_until=said["valid_until"],
        basis=said["basis"],
        is_declared=said["is_declared"],
    )


def party_and_role(line: str, parties: Collection[Party]) -> tuple[Party, str]:
    """What a choice of a share says.

    Raises:
        ClaimError: it is none of these parties'.
    """
    party_id, _, role = line.partition(":")
    for party in parties:
        if str(party.pk) == party_id:
            return party, role
    raise ClaimError("You act for none of those who claim a part of this.")


def download(attachment: Proof) -> FileResponse | HttpResponse:
    """The file, never shown by the browser itself: it comes from outside."""
    try:
        content = default_storage.open(attachment.storage_name)
    except FileNotFoundError as error:
        raise Http404("The file is not there any more.") from error
    return FileResponse(
        content,
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.media_type,
        headers={"X-Content-Type-Options": "nosniff"},
    )


def today() -> date:
    return timezone.localdate()


def actor_of(request: Any) -> Actor:
    """Who acts: for a rights holder's organisation, or for the operator."""
    organisation = request.organisation
    return Actor(request.user, None if organisation.kind == "operator" else organisation)
