"""Finding what is there twice: what is new is compared with everything, what was compared is not.

The whole may run again at any time: it writes a pair once, and comes back to none that was decided.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from catalog.duplicates import evidence, sound
from catalog.duplicates.melody import LEAST_SCORE, Index, Notes, align, read_notes
from catalog.duplicates.melody.shingles import HashArray
from catalog.duplicates.models import Candidate, Fingerprint, Kind, Status, Subject
from catalog.duplicates.services.candidates import Pair, note
from catalog.duplicates.services.fingerprinting import read_new_files, stored
from catalog.duplicates.services.spelled import compare_names
from catalog.models import Asset, Track
from catalog.services.assets import asset_path
from common.jobs.registry import Progress

KIND = "catalog.fingerprints"
PIECES_IN_MEMORY = 4_000
COPIES_OF_A_FILE = 20

# What two files have in common: how sure it is (0 to 1), and what was found; None for nothing.
Compared = tuple[float, dict[str, Any]] | None


@dataclass(frozen=True)
class Finds:
    """What a run did."""

    files: int
    candidates: int

    def as_json(self) -> dict[str, Any]:
        told = {} if sound.is_available() else {"sound": sound.NOT_AVAILABLE}
        return {"files": self.files, "candidates": self.candidates, **told}


def find_duplicates(progress: Progress) -> Finds:
    """Fingerprint new files, compare what is new, and write down what may be one."""
    n_files = read_new_files(progress)
    tracks = _tracks_of_assets()
    n_new = note(Subject.TRACK, Kind.FILE, _same(tracks.values()))
    n_new += note(Subject.TRACK, Kind.NOTES, _same(_by_notes(tracks)))
    waiting = Fingerprint.objects.filter(compared_at=None)
    new_ids = set(waiting.values_list("asset_id", flat=True))
    if new_ids:
        n_new += _compare_tunes(new_ids, tracks, progress)
        n_new += _compare_sounds(new_ids, tracks, progress)
        waiting.filter(asset__in=new_ids).update(compared_at=timezone.now())
    n_new += _compare_works()
    n_new += compare_names()
    return Finds(n_files, n_new)


def _tracks_of_assets() -> dict[int, list[int]]:
    """By asset, its tracks that are not merged."""
    tracks: dict[int, list[int]] = defaultdict(list)
    rows = Track.objects.filter(merged_into=None, asset__isnull=False).order_by("pk")
    for asset_id, track_id in rows.values_list("asset_id", "pk").iterator():
        if asset_id is not None:
            tracks[asset_id].append(track_id)
    return tracks


def _by_notes(tracks: dict[int, list[int]]) -> Iterator[list[int]]:
    """Tracks whose files differ and whose notes do not; one of each file stands for the others."""
    said = Fingerprint.objects.exclude(notes_sha256="")
    twice = said.values("notes_sha256").annotate(n=Count("pk")).filter(n__gt=1)
    rows = said.filter(notes_sha256__in=twice.values("notes_sha256")).order_by("asset_id")
    groups: dict[str, list[int]] = defaultdict(list)
    for digest, asset_id in rows.values_list("notes_sha256", "asset_id"):
        groups[digest] += tracks.get(asset_id, [])[:1]
    yield from groups.values()


def _same(groups: Iterable[list[int]]) -> Iterator[Pair]:
    """Every two of a group; of a very large one, each with the first."""
    for group in groups:
        few = len(group) <= COPIES_OF_A_FILE
        pairs = combinations(group, 2) if few else product(group[:1], group[1:])
        for first, second in pairs:
            yield Pair(first, second, 1.0, {})


def _compare_tunes(new_ids: set[int], tracks: dict[int, list[int]], progress: Progress) -> int:
    notes_of = lru_cache(PIECES_IN_MEMORY)(_notes)
    words = dict(stored("words"))

    def compare(first: int, second: int, contained: float) -> Compared:
        found = align(notes_of(first), notes_of(second))
        if found is None or found.score < LEAST_SCORE:
            return None
        return found.score, evidence.of_tune(found, contained)

    return _compare(Kind.TUNE, words, new_ids, tracks, compare, progress)


def _compare_sounds(new_ids: set[int], tracks: dict[int, list[int]], progress: Progress) -> int:
    values = dict(stored("sound"))
    words = {asset_id: sound.words(each) for asset_id, each in values.items()}

    def compare(first: int, second: int, _contained: float) -> Compared:
        found = sound.match(values[first], values[second])
        return None if found is None else (found.score, evidence.of_sound(found))

    return _compare(Kind.SOUND, words, new_ids, tracks, compare, progress)


def _compare(
    kind: Kind,
    words: Mapping[int, HashArray],
    new_ids: set[int],
    tracks: Mapping[int, list[int]],
    compare: Callable[[int, int, float], Compared],
    progress: Progress,
) -> int:
    """Compare new files with those that share rare words with them; returns new candidates."""
    index = Index(words)
    found: list[Pair] = []
    seen: set[tuple[int, int]] = set()
    queries = sorted(new_ids & words.keys() & tracks.keys())
    for done, asset_id in enumerate(queries, start=1):
        for like in index.like(words[asset_id], but=asset_id):
            pair = min(asset_id, like.key), max(asset_id, like.key)
            if pair in seen or like.key not in tracks:
                continue
            seen.add(pair)
            compared = compare(*pair, like.contained)
            if compared is not None:
                found += _pairs_of_tracks(tracks[pair[0]], tracks[pair[1]], *compared)
        progress(done, len(queries), f"comparing: {kind.label}")
    return note(Subject.TRACK, kind, found)


def _pairs_of_tracks(
    first: list[int], second: list[int], score: float, found: dict[str, Any]
) -> Iterator[Pair]:
    """A track of each file; A is the track with the smaller id, whichever file that is."""
    one, two = first[0], second[0]
    yield Pair(one, two, score, found if one < two else evidence.turned(found))


def _notes(asset_id: int) -> Notes:
    return read_notes(asset_path(Asset.objects.get(pk=asset_id)).read_bytes())


def _compare_works() -> int:
    """Works of which tracks were found to be one; a tune alone must be sure."""
    sure = Q(kinds__overlap=[Kind.FILE, Kind.NOTES, Kind.SOUND]) | Q(score_ppm__gte=900_000)
    pairs = (
        Candidate.objects.filter(sure, subject=Subject.TRACK)
        .exclude(status__in=[Status.DISTINCT, Status.VERSIONS])
        .exclude(kinds=[Kind.SPELLING])
        .exclude(first_track__work=F("second_track__work"))
        .filter(first_track__work__merged_into=None, second_track__work__merged_into=None)
        .values_list("pk", "first_track__work", "second_track__work", "score_ppm")
    )
    return note(
        Subject.WORK,
        Kind.TRACKS,
        (
            Pair(first, second, score_ppm / 1_000_000, {"candidate": pk})
            for pk, first, second, score_ppm in pairs
        ),
    )
