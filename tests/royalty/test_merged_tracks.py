"""One song registered five times earns once: merges, taken back again, and what is conserved."""

from datetime import date

import pytest

from catalog.duplicates.services.merging import merge, unmerge
from catalog.models import Party, Right, Share, Track
from catalog.selectors import ownership
from royalty.apportionment import LineKind, allocate
from royalty.selectors.runs import books_of, current_run
from royalty.selectors.snapshots import build_snapshot
from tests.royalty import cast
from tests.royalty.cast import EURO, LAST_DAY, OWNERS, World, worked_example

pytestmark = pytest.mark.django_db
COPIES = ("T3b", "T3c", "T3d", "T3e")
HALF = 500_000_000


@pytest.fixture
def world(monkeypatch, report) -> World:
    """T3 stands in the training set five times; half of every piece is attributed to nobody."""
    monkeypatch.setattr(cast, "OWNERS", OWNERS | dict.fromkeys(COPIES, OWNERS["T3"]))
    monkeypatch.setattr(
        cast,
        "SHARES",
        {
            "G1": {"T1": HALF},
            "G2": {"T2": HALF},
            "G3": {"T3": 200_000_000, "T3b": 200_000_000, "T1": 100_000_000},
            "G4": {"T1": HALF},
        },
    )
    return report(worked_example(fallback="equal_training_set"))


def paid(world: World, kind: LineKind | None = None) -> dict[str, int]:
    """Atoms by track, as the period's pool is allocated now; of one kind of line if it is said."""
    snapshot = build_snapshot(world.period).snapshot
    lines = allocate(snapshot, "pro_rata", 28 * EURO, world.contract.rules)
    found: dict[str, int] = {}
    for track, of, atoms in zip(lines.track, lines.kind, lines.atoms, strict=True):
        if kind is None or of == kind:
            ref = snapshot.track_ids[track]
            found[ref] = found.get(ref, 0) + int(atoms)
    return found


def put_together(world: World) -> list:
    return [
        merge(world.tracks["T3"], world.tracks[ref], by=world.ann, reason="one song")
        for ref in COPIES
    ]


def same_parts(amounts: dict[str, int]) -> bool:
    return max(amounts.values()) - min(amounts.values()) <= 20  # atoms of rounding


def fallback(world: World) -> dict[str, int]:
    return paid(world, LineKind.FALLBACK_EQUAL)


def test_without_merges_a_song_that_is_registered_five_times_is_paid_five_times(world):
    parts = fallback(world)
    assert set(parts) == {"T1", "T2", "T3", *COPIES}
    assert same_parts(parts)


def test_with_merges_it_is_paid_once_and_nothing_is_lost(world):
    before = fallback(world)
    put_together(world)
    parts = fallback(world)
    assert set(parts) == {"T1", "T2", "T3"}
    assert same_parts(parts)
    assert sum(parts.values()) == pytest.approx(sum(before.values()), abs=20)


def test_what_was_attributed_to_a_copy_is_the_survivors(world):
    before = paid(world)
    put_together(world)
    snapshot = build_snapshot(world.period).snapshot
    at = snapshot.generation_ids.index("G3")
    row = slice(snapshot.share_indptr[at], snapshot.share_indptr[at + 1])
    refs = [snapshot.track_ids[track] for track in snapshot.share_track[row]]
    assert dict(zip(refs, snapshot.share_ppb[row].tolist(), strict=True)) == {
        "T1": 100_000_000,
        "T3": 400_000_000,
    }
    assert sum(paid(world).values()) == pytest.approx(sum(before.values()), abs=20)


def test_undoing_the_merges_restores_every_amount(world):
    before = paid(world)
    merges = put_together(world)
    assert paid(world) != before
    for made in reversed(merges):
        unmerge(made, by=world.ann, reason="five songs after all")
    assert paid(world) == before


def test_a_period_that_was_closed_before_stays_as_it_was(world):
    period = cast.settle(world)
    books = books_of(current_run(period))
    put_together(world)
    again = books_of(current_run(period))
    assert again.snapshot.track_ids == books.snapshot.track_ids
    assert set(COPIES) <= set(again.snapshot.track_ids)


def test_a_training_fee_for_each_work_counts_a_merged_work_once():
    world = worked_example(allocation_model="training_fee_per_work")
    t1, t3 = world.tracks["T1"], world.tracks["T3"]
    merge(t3.work, t1.work, by=world.ann, reason="one work", survivors_shares_count=True)
    snapshot = build_snapshot(world.period).snapshot
    assert snapshot.track_ids == ("T1", "T2", "T3")
    assert snapshot.track_work.tolist() == [1, 0, 1]


def held(track: Track) -> dict[str, int]:
    owned = ownership([track.pk], right=Right.COMPOSITION, on=LAST_DAY)
    names = dict(Party.objects.values_list("pk", "ref"))
    pairs = zip(owned.party_ids.tolist(), owned.share_ppm.tolist(), strict=True)
    return {names[party]: ppm for party, ppm in pairs}


def test_two_names_of_one_party_are_owed_together(world):
    merge(world.parties["A"], world.parties["C"], by=world.ann, reason="a pseudonym")
    assert held(world.tracks["T3"]) == {"A": 1_000_000}
    assert held(world.tracks["T2"]) == {"B": 1_000_000}


def test_a_merged_work_has_the_shares_of_the_one_that_it_is(world):
    t2, t3 = world.tracks["T2"], world.tracks["T3"]
    merge(t2.work, t3.work, by=world.ann, reason="one work", survivors_shares_count=True)
    assert held(t3) == {"B": 1_000_000}
    assert Share.objects.filter(work=t3.work).count() == 2  # kept, for an undo
    assert held(world.tracks["T1"]) == {"A": 1_000_000}


def test_ownership_keeps_its_days(world):
    owned = ownership([world.tracks["T3"].pk], right=Right.COMPOSITION, on=date(1900, 1, 1))
    assert len(owned.track_ids) == 0
