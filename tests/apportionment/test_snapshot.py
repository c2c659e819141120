"""A snapshot is canonical, hashable, saved without pickles, and refuses what is not sound."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from royalty.apportionment import Rules, Snapshot, SnapshotError, allocate, sort_triples
from royalty.apportionment.triples import csr_from_triples
from tests.apportionment.worlds import four_pieces, snapshots


def saved(snapshot: Snapshot) -> bytes:
    buffer = io.BytesIO()
    snapshot.save(buffer)
    return buffer.getvalue()


@given(snapshots())
def test_a_saved_snapshot_comes_back_the_same(snapshot: Snapshot) -> None:
    again = Snapshot.load(io.BytesIO(saved(snapshot)))
    assert again.digest() == snapshot.digest()
    for name, array in snapshot.arrays().items():
        assert (again.arrays()[name] == array).all()
    assert saved(again) == saved(snapshot)


def test_the_bytes_of_a_file_do_not_depend_on_the_clock() -> None:
    with zipfile.ZipFile(io.BytesIO(saved(four_pieces()))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_numpy_alone_can_open_a_snapshot() -> None:
    with np.load(io.BytesIO(saved(four_pieces())), allow_pickle=False) as archive:
        assert archive["usage_count"].tolist() == [2, 1, 30, 3, 4]


def test_the_digest_is_stable_across_releases() -> None:
    """If this changes, every stored input hash stops matching: raise the domain's version."""
    expected = "bf9d665d15941e69a646b22e78d4b8ffb2f6350887d51f9d6640f01c95f29c9f"
    assert four_pieces().digest() == expected


def test_the_order_in_which_facts_arrive_does_not_matter() -> None:
    rows, columns, values = [2, 0, 0, 1], [1, 3, 0, 2], [5, 6, 7, 8]
    shuffled = [3, 1, 0, 2]
    other = ([column[i] for i in shuffled] for column in (rows, columns, values))
    for one, two in zip(sort_triples(rows, columns, values), sort_triples(*other), strict=True):
        assert one.tolist() == two.tolist()


@pytest.mark.parametrize(
    "change",
    [
        {"usage_count": np.array([2, 1, 30, 3, 5])},
        {"training_track": np.array([True, True, False])},
        {"generation_ids": ("G1", "G2", "G3", "G5")},
        {"share_ppb": np.array([1] * 10)},
        {"parameters": (("alpha_ppm", 1),)},
        {"track_work": np.array([0, 0, 1])},
        {"track_milliseconds": np.array([1, 2, 3])},
        {"right_ppm": np.array([500_000, 500_000])},
    ],
)
def test_any_change_changes_the_digest(change: dict[str, object]) -> None:
    assert replace(four_pieces(), **change).digest() != four_pieces().digest()


def test_parameters_come_back_in_one_order() -> None:
    stated = (("b", 2), ("a", 1))
    one, two = (replace(four_pieces(), parameters=each) for each in (stated, stated[::-1]))
    assert one.digest() == two.digest()
    assert Snapshot.load(io.BytesIO(saved(one))).parameters == (("a", 1), ("b", 2))


def test_ids_that_run_together_do_not_collide() -> None:
    one, two = (
        replace(four_pieces(), party_ids=ids) for ids in (("A", "B,C", "D"), ("A,B", "C", "D"))
    )
    assert one.digest() != two.digest()


def test_the_arrays_of_a_snapshot_cannot_be_written() -> None:
    fees = np.array([1, 2, 3])
    snapshot = replace(four_pieces(), subscriber_fee_atoms=fees)
    fees[0] = 99
    assert snapshot.subscriber_fee_atoms.tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="read-only"):
        snapshot.subscriber_fee_atoms[0] = 99


BAD = {
    "ids out of order": ({"track_ids": ("T2", "T1", "T3")}, r"track_ids\[1\] is 'T1'"),
    "an id twice": ({"party_ids": ("A", "A", "C")}, "sort them, unique"),
    "a track without a training mark": ({"training_track": [True]}, "training_track has shape"),
    "a negative fee": ({"subscriber_fee_atoms": [1, -1, 1]}, "not negative"),
    "fees beyond 63 bits": ({"subscriber_fee_atoms": [2**62, 2**62, 1]}, "sums beyond"),
    "fees of too few pieces": ({"generation_fee_atoms": [0]}, "generation_fee_atoms has shape"),
    "no uses in a row": ({"usage_count": [2, 0, 30, 3, 4]}, "row 1 counts 0 uses"),
    "a negative count": ({"usage_count": [2, 1, -30, 3, 4]}, "row 2 counts -30"),
    "an unknown subscriber": ({"usage_subscriber": [0, 0, 1, 2, 3]}, "usage_subscriber, row 4"),
    "an unknown generation": ({"usage_generation": [0, 1, 2, 1, 4]}, "usage_generation, row 4"),
    "a pair twice": ({"usage_generation": [0, 0, 2, 1, 3]}, "row 1 .*each pair once"),
    "usage out of order": ({"usage_subscriber": [0, 1, 0, 2, 2]}, "row 2 .*ascending"),
    "shares above the whole": ({"share_ppb": [10**9] * 10}, "share of 'G1' sums to 3000000000"),
    "a negative share": ({"share_ppb": [-1] + [0] * 9}, "share of 'G1' is -1"),
    "a track twice in a piece": (
        {"share_track": [0, 0, 2, 1, 2, 0, 1, 2, 0, 2]},
        "share of 'G1': 'T1' comes twice",
    ),
    "a claim above the whole": (
        {"owner_ppm": [10**6, 10**6 + 1, 400_000, 600_000]},
        "owner of 'T2' is 1000001 of 1000000",
    ),
    "works of too few tracks": ({"track_work": [0]}, "track_work has shape"),
    "a negative length": ({"track_milliseconds": [1, -1, 1]}, "track_milliseconds must be"),
    "three rights": ({"right_ppm": [1, 1, 999_998]}, "right_ppm has shape"),
    "rights that leave something": ({"right_ppm": [1, 1]}, r"\[1, 1\]; it must split 1000000"),
    "a negative right": ({"right_ppm": [-1, 1_000_001]}, "between composition and recording"),
    "owners of one right of two": ({"right_ppm": [1, 999_999]}, "owner_indptr has shape"),
    "an unknown owner": ({"owner_party": [0, 1, 0, 3]}, "owner column, row 3"),
    "offsets that fall": ({"owner_indptr": [0, 2, 1, 4]}, "owner_indptr must rise"),
    "offsets that stop early": ({"share_indptr": [0, 3, 5, 8, 9]}, "share_indptr must rise"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_unsound_snapshot_is_refused_by_name(case: str) -> None:
    change, sentence = BAD[case]
    bad = replace(four_pieces(), **change)
    with pytest.raises(SnapshotError, match=sentence):
        bad.validate()
    with pytest.raises(SnapshotError, match=sentence):
        allocate(bad, "pro_rata", 100, Rules())


def test_amounts_in_floats_are_refused() -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        replace(four_pieces(), subscriber_fee_atoms=np.array([1.0, 2.0, 3.0]))


def test_unsigned_amounts_beyond_63_bits_do_not_turn_negative() -> None:
    with pytest.raises(TypeError, match="2\\^63"):
        replace(four_pieces(), subscriber_fee_atoms=np.array([2**63, 1, 1], dtype=np.uint64))


def test_a_row_outside_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0 \.\. 1"):
        csr_from_triples([2], [0], [1], 2)


def test_a_torn_file_is_refused() -> None:
    whole = saved(four_pieces())
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        with pytest.raises(SnapshotError, match="cannot be read"):
            Snapshot.load(io.BytesIO(whole[:length]))


def test_an_altered_file_is_refused() -> None:
    altered = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(four_pieces()))) as old,
        zipfile.ZipFile(altered, "w") as new,
    ):
        for member in old.infolist():
            data = old.read(member)
            if member.filename == "usage_count.npy":
                data = data[:-8] + (40).to_bytes(8, "little")
            new.writestr(member, data)
    with pytest.raises(SnapshotError, match="altered"):
        Snapshot.load(altered)


def test_a_pickle_is_never_loaded() -> None:
    evil = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(four_pieces()))) as old,
        zipfile.ZipFile(evil, "w") as new,
    ):
        for member in old.infolist():
            data = old.read(member)
            if member.filename == "usage_count.npy":
                pickled = io.BytesIO()
                np.save(pickled, np.array([object()], dtype=object), allow_pickle=True)
                data = pickled.getvalue()
            new.writestr(member, data)
    with pytest.raises(SnapshotError, match="cannot be read"):
        Snapshot.load(evil)


def test_a_snapshot_made_from_a_checked_one_is_checked_anew() -> None:
    checked = four_pieces()
    checked.validate()
    altered = replace(checked, usage_count=-checked.usage_count)
    with pytest.raises(SnapshotError, match="leave it out"):
        altered.validate()
    checked.validate()


def test_a_fault_is_told_every_time() -> None:
    wrong = replace(four_pieces(), usage_count=np.zeros(5, dtype=np.int64))
    for _ in range(2):
        with pytest.raises(SnapshotError, match="leave it out"):
            wrong.validate()
