"""Conflicts that nobody claimed: opened where a change of shares lets more than the whole be
claimed, and closed where a later change mends that. Nothing is decided, and no share is touched.

Whoever changed the shares — a delivery, a person, a merge — the same look is taken, by a job that
is asked for in the transaction of the change. Looking again changes nothing.
"""

from collections import Counter
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from catalog.claims.models import Conflict
from catalog.claims.selectors.overclaimed import Suspect, suspects
from catalog.claims.services.actors import Program
from catalog.claims.services.conflicts import Outcome, settle
from catalog.claims.services.recording import Kind, Said, record, tell_programs
from catalog.claims.services.shares import contested_in, lock, shares_in
from catalog.claims.zones import Zone, hull
from catalog.models import Change, Right, Track, Work
from catalog.territories import WORLD
from common.database import tenancy
from common.jobs.registry import Progress

ALWAYS = Zone(WORLD, date.min, None)
# What a change came from (`catalog.services.history.changing`), in words that every side may read.
SOURCES = {
    "admin": "a change by the operator",
    "claim": "an accepted claim",
    "conflict": "a settled conflict",
    "delivery": "a delivery",
    "duplicates": "a merge of duplicates",
}


class Seen(NamedTuple):
    """How many conflicts became what."""

    opened: int
    widened: int
    mended: int


def see(change_set: int | None, progress: Progress) -> Seen:
    """Open, widen and close the conflicts about what changes touched, or about everything."""
    with tenancy.working_as(tenancy.SYSTEM):
        found = list(suspects(change_set))
        done: Counter[str] = Counter()
        for number, suspect in enumerate(found, 1):
            done[_see(suspect)] += 1
            progress(number, len(found), "rights")
    return Seen(done["opened"], done["widened"], done["mended"])


@transaction.atomic
def _see(suspect: Suspect) -> str:
    """Returns what became of the right's conflict, or nothing."""
    about = _about(suspect)
    lock(about)
    known = Conflict.objects.filter(
        work=about.work_id, track=about.track_id, settled_at=None
    ).first()
    excess = _excess(suspect, about)
    if excess is None:
        return _mend(known) if known is not None else ""
    if known is not None:
        return _widen(known, excess)
    return "" if _was_left_so(about) else _open(about, excess)


def _about(suspect: Suspect) -> Conflict:
    """A conflict about the right, not kept yet."""
    if suspect.owner == "work":
        work = Work.objects.get(pk=suspect.pk)
        return Conflict(right=Right.COMPOSITION, work=work, title=work.title)
    track = Track.objects.get(pk=suspect.pk)
    return Conflict(right=Right.RECORDING, track=track, title=track.title)


def _excess(suspect: Suspect, about: Conflict) -> Zone | None:
    """Where more than the whole is claimed; shares of what was merged into another do not count."""
    kind = Work if suspect.owner == "work" else Track
    if kind.objects.filter(pk=suspect.pk, merged_into__isnull=False).exists():
        return None
    return contested_in(about, ALWAYS)


def _open(conflict: Conflict, excess: Zone) -> str:
    _place(conflict, excess)
    conflict.party_ids = sorted({each.party_id for each in shares_in(conflict, excess)})
    conflict.save()
    record(Kind.FOUND, Program(), conflict=conflict, said=Said(f"After {_cause(conflict)}."))
    tell_programs(conflict, "conflict.opened")
    return "opened"


def _widen(conflict: Conflict, excess: Zone) -> str:
    zone = hull(excess, conflict.zone)
    present = {each.party_id for each in shares_in(conflict, excess)}
    if zone == conflict.zone and present <= set(conflict.party_ids):
        return ""
    _place(conflict, zone)
    conflict.save(update_fields=["territory", "valid_from", "valid_until"])
    said = f"After {_cause(conflict)} it is about more days, countries or parties than before."
    record(Kind.FOUND, Program(), conflict=conflict, said=Said(said))
    return "widened"


def _mend(conflict: Conflict) -> str:
    said = f"Resolved by {_cause(conflict)}: no more than the whole is claimed."
    settle(conflict, Outcome.MENDED, Program(), said)
    return "mended"


def _place(conflict: Conflict, zone: Zone) -> None:
    conflict.territory = zone.territory
    conflict.valid_from, conflict.valid_until = zone.first, zone.after


def _was_left_so(about: Conflict) -> bool:
    """Whether its sides, or an outcome, left the shares as they are: a split that begins later than
    the conflict lets what was contested before stay held, and nobody asked for another conflict."""
    newest = _newest_change(about)
    if newest is None or newest.change_set is None:
        return False
    settled = Conflict.objects.filter(work=about.work_id, track=about.track_id)
    source, _, pk = newest.change_set.source.partition(":")
    return source == "conflict" and settled.filter(pk=pk, settled_at__isnull=False).exists()


def _cause(about: Conflict) -> str:
    newest = _newest_change(about)
    source = newest.change_set.source if newest is not None and newest.change_set else ""
    return SOURCES.get(source.partition(":")[0], "a change of its shares")


def _newest_change(about: Conflict) -> Change | None:
    """The last that was done to its shares, or that made it another's or its own again."""
    of = Q(of_work=about.work_id) if about.work_id is not None else Q(of_track=about.track_id)
    kind = "work" if about.work_id is not None else "track"
    merged = Q(kind=kind, operation="altered", after__has_key="merged_into_id")
    changes = Change.objects.filter(of, Q(kind="share") | merged)
    return changes.select_related("change_set").order_by("-pk").first()
