"""Stores that were filled on machines without a common disk become one, or are refused."""

import shutil

import pytest

from attribution.engine import FeatureStore, ForeignStore, StoreError, UnfinishedStore, capture
from attribution.engine.store.merging import merge

SHARDS = 3


@pytest.fixture
def make(plain, tmp_path):
    """Make a store under a name, with some shards captured."""
    featuriser = plain.featuriser()

    def make(name, shards, **changes):
        arguments = {"members": ["0"], "n_segments": 12, "identity": {"a": "b"}, **changes}
        store = FeatureStore.create(tmp_path / name, plain.config(), **arguments)
        store.keep_curvature("0", plain.curvature())
        capture(featuriser, store, shards)
        return store

    return make


def content(store):
    return {
        str(path.relative_to(store.path)): path.read_bytes()
        for path in sorted(store.path.rglob("*"))
        if path.is_file()
    }


def test_parts_together_are_the_store_that_one_machine_makes(make, tmp_path):
    whole = make("whole", range(SHARDS))
    first, second = make("first", [0, 2]), make("second", [1, 2])
    merged, told = merge(tmp_path / "merged", [first.path, second.path])
    assert [(part.taken, part.already_there, part.left_out) for part in told] == [
        (2, 0, ()),
        (1, 1, ()),
    ]
    assert merged.seal() == whole.seal()
    assert content(merged) == content(whole)


def test_merging_again_changes_nothing_even_when_sealed(make, tmp_path):
    parts = [make("first", [0, 2]).path, make("second", [1]).path]
    digest = merge(tmp_path / "merged", parts)[0].seal()
    again, told = merge(tmp_path / "merged", parts)
    assert sum(part.taken for part in told) == 0
    assert again.digest() == digest


def test_a_store_can_take_in_what_others_did_for_it(make):
    mine, theirs = make("mine", [0]), make("theirs", [1, 2])
    merge(mine.path, [theirs.path])
    assert mine.missing_shards("0", verify="full") == []
    shutil.rmtree(theirs.path)  # the bytes stay, whoever else named them
    mine.seal()


def test_a_torn_shard_of_a_part_is_left_out_and_named(make, tmp_path):
    part = make("part", range(SHARDS))
    rows = part.path / "shards/0/00001.npy"
    rows.write_bytes(rows.read_bytes()[:-1])
    merged, (told,) = merge(tmp_path / "merged", [part.path])
    assert told.left_out == ("shards/0/00001.npy is torn",)
    assert merged.missing_shards("0") == [1]
    with pytest.raises(UnfinishedStore, match=r"00001\.npy is missing"):
        merged.seal()


def test_two_versions_of_one_shard_are_refused_by_name(make, plain):
    mine, theirs = make("mine", [0]), make("theirs", [])
    rows = plain.featuriser().features(range(4))
    theirs.write("0", 0, 1.5 * rows, plain.featuriser().fingerprint())
    before = content(mine)
    with pytest.raises(StoreError, match=r"shards/0/00000\.npy is finished at .*mine and at"):
        merge(mine.path, [theirs.path])
    assert content(mine) == before


def test_rows_of_another_checkpoint_are_refused_before_any_is_taken(make, make_case):
    mine, theirs = make("mine", [0]), make("theirs", [])
    other = make_case("Plain")
    other.model.out.weight.data += 1e-3
    capture(other.featuriser(), theirs, [1])
    with pytest.raises(ForeignStore, match="different checkpoints"):
        merge(mine.path, [theirs.path])
    assert mine.missing_shards("0") == [1, 2]


def test_another_curvature_is_refused(make, make_case):
    mine, theirs = make("mine", []), make("theirs", [])
    other = make_case("Plain")
    other.model.out.weight.data += 1e-3
    theirs.keep_curvature("0", other.curvature())
    with pytest.raises(ForeignStore, match="curvatures of member '0'"):
        merge(mine.path, [theirs.path])


def test_a_part_made_from_something_else_is_refused_by_what_differs(make):
    mine, theirs = make("mine", [0]), make("theirs", [1], identity={"a": "c"})
    with pytest.raises(ForeignStore, match=r"identity\.a is 'b', not 'c'"):
        merge(mine.path, [theirs.path])


def test_a_sealed_store_keeps_the_curvature_it_was_made_with(make, plain):
    store = make("s", range(SHARDS))
    store.seal()
    kept = FeatureStore.open(store.path, verify="full").curvature("0")
    assert kept.digest() == plain.curvature().digest()
    with pytest.raises(StoreError, match="sealed"):
        store.keep_curvature("0", plain.curvature())
    path = store.path / "curvature/0.npz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StoreError, match=r"curvature/0\.npz is torn"):
        FeatureStore.open(store.path)


def test_nothing_to_merge_is_said(tmp_path):
    with pytest.raises(StoreError, match="at least one part"):
        merge(tmp_path / "merged", [])
