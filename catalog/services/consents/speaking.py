"""What rights holders say themselves about the use of their tracks.

One holder's no is enough, so whoever has a part may say it and take it back. A yes speaks for the
whole right, so only who holds the whole may say it. Nothing is removed: what does not count any
more ends. Models that were trained stay as they are, and go on being attributed and paid.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Consent, ModelVersion, Party, Right, Share, Track, Use
from catalog.selectors import ownership, valid_on
from catalog.services.consents.telling import tell_platforms
from catalog.services.history import changing
from common.money import PPM
from common.percent import percent

MOST_NAMED = 10  # in one message
LONGEST_REASON = 200
SOURCE = "consent"  # in the history of changes


class SayingRefused(Exception):
    """What was said cannot count; the message says why, and nothing was written."""


@dataclass(frozen=True)
class Saying:
    """Who speaks, about which right and use, for which model version (any, if none), since when."""

    party: Party
    right: Right
    use: Use
    model_version: ModelVersion | None
    since: date

    @property
    def rows(self) -> Q:
        """The rows in which the party said something about the same before."""
        return Q(party=self.party, right=self.right, use=self.use, model_version=self.model_version)


def withdraw(
    *,
    tracks: Sequence[Track],
    saying: Saying,
    today: date,
    reason: str = "",
    by: User | None = None,
) -> int:
    """Forbid a use from a day on; returns of how many tracks it was not forbidden before.

    Future training sets refuse these tracks. The platforms concerned are told.

    Raises:
        SayingRefused: the day is past, or the party has no part in the right of a track that day.
    """
    _check_day(saying, today)
    _check_parts(tracks, saying)
    with changing(by=by, reason=f"A holder forbids {saying.use}.", source=SOURCE):
        said = _say(tracks, saying, is_opt_out=True, basis=_basis("Forbidden by a holder", reason))
        tell_platforms(
            tracks=said,
            right=saying.right,
            use=saying.use,
            model_version=saying.model_version,
            since=saying.since,
        )
    return len(said)


def lift(*, tracks: Sequence[Track], saying: Saying, today: date, by: User | None = None) -> int:
    """End the party's own opt-outs on a day; returns how many. Others' stay as they are.

    One that was to begin later is taken back.

    Raises:
        SayingRefused: the day is past.
    """
    _check_day(saying, today)
    with changing(by=by, reason=f"A holder forbids {saying.use} no more.", source=SOURCE):
        _lock(saying.party)
        rows = [row for row in _open_rows(tracks, saying) if row.is_opt_out]
        _end(rows, saying.since)
    return len(rows)


def agree(
    *,
    tracks: Sequence[Track],
    saying: Saying,
    parties: Collection[Party],
    today: date,
    reason: str = "",
    by: User | None = None,
) -> int:
    """Agree to a use from a day on; returns for how many tracks the party had not.

    Args:
        parties: those for whom the speaker acts, who hold the whole right together.

    Raises:
        SayingRefused: the day is past, or others hold a part, or nobody does.
    """
    _check_day(saying, today)
    _check_parts(tracks, saying)
    missing = what_lacks_to_agree(tracks, saying.right, parties, on=saying.since)
    if missing:
        sentences = [f"{track}: {missing[track.pk]}" for track in tracks if track.pk in missing]
        raise SayingRefused(_listed(sentences, " "))
    with changing(by=by, reason=f"The holder agrees to {saying.use}.", source=SOURCE):
        said = _say(tracks, saying, is_opt_out=False, basis=_basis("Agreed by the holder", reason))
    return len(said)


def what_lacks_to_agree(
    tracks: Collection[Track], right: Right, parties: Collection[Party], *, on: date
) -> dict[int, str]:
    """Why these parties alone cannot agree to the use of a track, by its id; none where they can.

    A yes speaks for the whole right, in every country.
    """
    own_ids = {party.pk for party in parties}
    own_ppm: Counter[int] = Counter()
    owned = ownership([track.pk for track in tracks], right=right, on=on)
    for track_id, party_id, share_ppm in zip(
        owned.track_ids, owned.party_ids, owned.share_ppm, strict=True
    ):
        own_ppm[int(track_id)] += int(share_ppm) if int(party_id) in own_ids else 0
    others_ppm = _held_by_others(tracks, right, own_ids, on)
    lacking = {}
    for track in tracks:
        others, own = others_ppm[track.pk], own_ppm[track.pk]
        if others:
            said = _("others hold %(share)s of its %(right)s, and a yes speaks for all of it.")
            lacking[track.pk] = said % {"share": percent(others), "right": _(right.value)}
        elif own < PPM:
            said = _(
                "%(share)s of its %(right)s is claimed by nobody, and a yes speaks for all of it."
            )
            lacking[track.pk] = said % {"share": percent(PPM - own), "right": _(right.value)}
    return lacking


def _held_by_others(
    tracks: Collection[Track], right: Right, own_ids: Collection[int], on: date
) -> Counter[int]:
    """What others hold in any country, by track."""
    shares = valid_on(Share.objects.filter(right=right), on).exclude(party__in=own_ids)
    by_subject: Counter[int] = Counter()
    is_composition = right == Right.COMPOSITION
    field = "work_id" if is_composition else "track_id"
    subject_of = {each.pk: each.work_id if is_composition else each.pk for each in tracks}
    found = shares.filter(**{f"{field}__in": set(subject_of.values())})
    for subject_id, share_ppm in found.values_list(field, "share_ppm"):
        by_subject[subject_id] += share_ppm
    return Counter({track_id: by_subject[subject] for track_id, subject in subject_of.items()})


def _check_day(saying: Saying, today: date) -> None:
    if saying.since < today:
        raise SayingRefused(
            _(
                "It can count from today, %(today)s, or later, not from %(since)s: what was frozen "
                "before was right at the time."
            )
            % {"today": today, "since": saying.since}
        )


def _check_parts(tracks: Sequence[Track], saying: Saying) -> None:
    owned = ownership([track.pk for track in tracks], right=saying.right, on=saying.since)
    of_party = set(owned.track_ids[owned.party_ids == saying.party.pk].tolist())
    foreign = [str(track) for track in tracks if track.pk not in of_party]
    if foreign:
        raise SayingRefused(
            _("%(party)s has no part on %(since)s in the %(right)s of %(tracks)s.")
            % {
                "party": saying.party,
                "since": saying.since,
                "right": _(saying.right.value),
                "tracks": _listed(foreign, ", "),
            }
        )


def _say(tracks: Sequence[Track], saying: Saying, *, is_opt_out: bool, basis: str) -> list[Track]:
    """Write it where the party does not say the same already; what contradicts it ends."""
    _lock(saying.party)
    before: dict[int, list[Consent]] = defaultdict(list)
    for row in _open_rows(tracks, saying):
        before[row.track_id].append(row)
    new = [track for track in tracks if not _is_said(before[track.pk], is_opt_out, saying.since)]
    _end((row for track in new for row in before[track.pk]), saying.since)
    Consent.objects.bulk_create(
        (
            Consent(
                track=track,
                right=saying.right,
                use=saying.use,
                is_opt_out=is_opt_out,
                model_version=saying.model_version,
                party=saying.party,
                basis=basis,
                valid_from=saying.since,
            )
            for track in new
        ),
        batch_size=5000,
    )
    return new


def _open_rows(tracks: Sequence[Track], saying: Saying) -> list[Consent]:
    """What the party said that still counts on the day, or will later."""
    counts = Q(valid_until=None) | Q(valid_until__gt=saying.since)
    return list(Consent.objects.filter(saying.rows, counts, track__in=tracks).order_by("pk"))


def _is_said(rows: Iterable[Consent], is_opt_out: bool, since: date) -> bool:
    return any(
        row.is_opt_out == is_opt_out and row.valid_from <= since and row.valid_until is None
        for row in rows
    )


def _end(rows: Iterable[Consent], on: date) -> None:
    ended = list(rows)
    for row in ended:
        row.valid_until = max(on, row.valid_from)
    Consent.objects.bulk_update(ended, ["valid_until"], batch_size=1000)


def _lock(party: Party) -> None:
    """Of two that speak for a party, one waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"consent of {party.pk}"]
        )


def _basis(what: str, reason: str) -> str:
    return f"{what}: {reason[:LONGEST_REASON]}" if reason else f"{what}."


def _listed(texts: Sequence[str], between: str) -> str:
    rest = len(texts) - MOST_NAMED
    named = between.join(texts[:MOST_NAMED])
    if rest <= 0:
        return named
    return _("%(named)s and %(count)d more") % {"named": named, "count": rest}
