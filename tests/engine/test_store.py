"""What a store refuses: torn, altered, foreign and unfinished content, each named."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from attribution.engine import (
    BadGradients,
    CaptureConfig,
    DamagedStore,
    EngineError,
    FeatureStore,
    ForeignStore,
    StoreError,
    UnfinishedStore,
    capture,
)
from attribution.engine.__main__ import main

IDENTITY = {"training_set": "abc", "code": "1.0"}


@pytest.fixture
def filled(plain, tmp_path):
    """A store whose three shards are captured, not yet sealed, and its featuriser."""
    featuriser = plain.featuriser()
    store = make(tmp_path / "store", plain.config())
    capture(featuriser, store)
    return featuriser, store


def make(path, config, **changes):
    arguments = {"members": ["0"], "n_segments": 12, "identity": IDENTITY, **changes}
    return FeatureStore.create(path, config, **arguments)


def shard_files(store):
    return sorted(path for path in store.path.glob("shards/*/*") if path.is_file())


def flip(path):
    content = bytearray(path.read_bytes())
    content[-3] ^= 0x10
    path.write_bytes(content)


def test_a_sealed_store_gives_back_what_was_computed(plain, tmp_path):
    featuriser = plain.featuriser(dtype="float16")
    store = make(tmp_path / "store", plain.config(dtype="float16"))
    capture(featuriser, store)
    digest = store.seal()
    opened = FeatureStore.open(store.path, verify="full", identity=IDENTITY)
    rows = np.concatenate([opened.shard_rows("0", shard) for shard in range(3)])
    expected = featuriser.features(range(12))
    np.testing.assert_allclose(rows, expected, atol=1e-3 * np.abs(expected).max())
    assert opened.digest() == digest == opened.seal()
    assert opened.require(featuriser) == featuriser.fingerprint()


def test_rows_can_be_read_with_numpy_alone(plain, tmp_path):
    store = make(tmp_path / "store", plain.config(dtype="int8"))
    capture(plain.featuriser(dtype="int8"), store)
    store.seal()
    stored = np.load(store.path / "shards/0/00001.npy")
    scales = np.load(store.path / "scales/0.npy")[4:8]
    np.testing.assert_array_equal(
        store.shard_rows("0", 1), stored.astype(np.float32) * scales[:, None]
    )


def test_float32_rows_are_kept_to_the_bit(plain, tmp_path):
    featuriser = plain.featuriser(dtype="float32")
    store = make(tmp_path / "s", plain.config(dtype="float32"))
    capture(featuriser, store)
    store.seal()
    rows = np.concatenate([store.shard_rows("0", shard) for shard in range(3)])
    np.testing.assert_array_equal(rows, featuriser.features(range(12)))


@pytest.mark.parametrize("scale", [1e-30, 1e-6, 1.0, 1e7, 1e30])
def test_no_scale_overflows_or_vanishes(tmp_path, scale):
    config = CaptureConfig(dimension=16, shard_rows=4, dtype="float16")
    store = make(tmp_path / "s", config, n_segments=4)
    rows = (np.random.default_rng(0).normal(size=(4, 16)) * scale).astype(np.float32)
    rows[2] = 0
    rows[3] /= 1000  # beside rows a thousand times larger
    store.write("0", 0, rows, "made by hand")
    store.seal()
    np.testing.assert_allclose(store.shard_rows("0", 0), rows, rtol=1e-3, atol=1e-6 * scale / 1000)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_is_never_stored(plain, tmp_path, bad):
    store = make(tmp_path / "s", plain.config())
    rows = np.ones((4, 64), np.float32)
    rows[1, 5] = bad
    with pytest.raises(BadGradients, match="segment 5 "):
        store.write("0", 1, rows, "made by hand")
    assert store.missing_shards("0") == [0, 1, 2]


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "delete", "no sidecar", "garbage"])
def test_a_damaged_shard_is_found_named_and_repaired(filled, damage):
    featuriser, store = filled
    rows, sidecar = store.path / "shards/0/00001.npy", store.path / "shards/0/00001.json"
    good = {path: path.read_bytes() for path in shard_files(store)}
    match damage:
        case "truncate":
            rows.write_bytes(rows.read_bytes()[:-1])
        case "flip":
            flip(rows)
        case "empty":
            rows.write_bytes(b"")
        case "delete":
            rows.unlink()
        case "no sidecar":
            sidecar.unlink()
        case "garbage":
            sidecar.write_bytes(b'{"store": 1}')
    assert store.missing_shards("0", verify="full") == [1]
    with pytest.raises(UnfinishedStore, match=r"00001\.npy"):
        store.seal()
    done = capture(featuriser, store)
    assert done.written == (1,)
    assert done.skipped == (0, 2)
    assert {path: path.read_bytes() for path in shard_files(store)} == good
    store.seal()


def test_sizes_alone_find_a_torn_shard_but_not_a_flipped_bit(filled):
    _, store = filled
    rows = store.path / "shards/0/00002.npy"
    flip(rows)
    assert store.missing_shards("0") == []
    rows.write_bytes(rows.read_bytes() + b"x")
    assert store.missing_shards("0") == [2]


@pytest.mark.parametrize(
    "name", ["shards/0/00001.npy", "shards/0/00001.json", "scales/0.npy", "config.json"]
)
def test_a_sealed_store_that_changed_is_refused_when_opened(filled, name):
    _, store = filled
    store.seal()
    path = store.path / name
    original = path.read_bytes()
    path.write_bytes(original + b" ")
    with pytest.raises(DamagedStore, match=name):
        FeatureStore.open(store.path)
    path.write_bytes(original)
    if path.suffix == ".npy":
        flip(path)
        FeatureStore.open(store.path)  # sizes alone cannot see it
        with pytest.raises(DamagedStore, match=name):
            FeatureStore.open(store.path, verify="full")
    path.unlink()
    with pytest.raises(StoreError, match=r"config|missing"):
        FeatureStore.open(store.path)


def test_a_broken_manifest_is_refused(filled):
    _, store = filled
    store.seal()
    for content in ("", "[]", '{"files": {"config.json": 3}}', '{"format": 2, "files": {}}'):
        (store.path / "manifest.json").write_text(content)
        with pytest.raises(DamagedStore):
            FeatureStore.open(store.path)


def test_an_unsealed_store_is_not_opened(filled):
    _, store = filled
    with pytest.raises(UnfinishedStore, match=r"seal"):
        FeatureStore.open(store.path)
    with pytest.raises(UnfinishedStore, match=r"seal"):
        store.scales("0")
    with pytest.raises(UnfinishedStore, match=r"sealed"):
        store.digest()


def test_no_store_is_no_store(tmp_path):
    with pytest.raises(StoreError, match=r"no config\.json"):
        FeatureStore.open(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(StoreError, match="cannot be read"):
        FeatureStore.join(tmp_path)


def test_a_format_of_the_future_is_refused(filled):
    _, store = filled
    fields = json.loads((store.path / "config.json").read_text())
    (store.path / "config.json").write_text(json.dumps({**fields, "format": 3}))
    with pytest.raises(StoreError, match="store format 3; this version reads 2"):
        FeatureStore.join(store.path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"n_segments": 13}, "n_segments"),
        ({"members": ["0", "1"]}, "members"),
        ({"identity": {**IDENTITY, "training_set": "xyz"}}, "identity.training_set"),
    ],
)
def test_a_store_made_from_something_else_is_refused(filled, plain, change, named):
    _, store = filled
    with pytest.raises(ForeignStore, match=named):
        make(store.path, plain.config(), **change)
    make(store.path, plain.config())  # the very same is taken up


def test_a_store_made_with_another_configuration_is_refused(filled, plain):
    _, store = filled
    with pytest.raises(ForeignStore, match=r"capture\.damping"):
        make(store.path, plain.config(damping=0.1))
    with pytest.raises(ForeignStore, match="configuration"):
        store.require(plain.featuriser(damping=0.1))


def test_another_training_set_is_refused_when_opened(filled):
    _, store = filled
    store.seal()
    with pytest.raises(ForeignStore, match="training_set 'abc', not 'xyz'"):
        FeatureStore.open(store.path, identity={"training_set": "xyz"})
    with pytest.raises(ForeignStore, match="checkpoint"):
        FeatureStore.open(store.path, identity={"checkpoint": "any"})


def test_another_checkpoint_is_refused_even_under_the_same_name(filled, make_case):
    _, store = filled
    other = make_case("Plain")
    other.model.out.weight.data += 1e-3
    with pytest.raises(ForeignStore, match="another checkpoint"):
        capture(other.featuriser(), store)


def test_a_shard_carried_over_from_another_store_is_found(filled, plain, tmp_path):
    featuriser, store = filled
    elsewhere = make(tmp_path / "other", plain.config(), identity={"training_set": "xyz"})
    capture(featuriser, elsewhere)
    for suffix in (".npy", ".json"):
        shutil.copy(elsewhere.path / f"shards/0/00000{suffix}", store.path / "shards/0")
    assert store.missing_shards("0") == [0]
    with pytest.raises(UnfinishedStore, match=r"00000\.npy is of another store"):
        store.seal()


@pytest.mark.parametrize("place", [1, 2], ids=["as long", "shorter"])
def test_a_shard_put_in_the_place_of_another_is_found(plain, tmp_path, place):
    store = make(tmp_path / "s", plain.config(), n_segments=10)
    capture(plain.featuriser(), store)
    for suffix in (".npy", ".json"):
        other = store.path / f"shards/0/0000{place}{suffix}"
        shutil.copy(store.path / f"shards/0/00000{suffix}", other)
    assert store.missing_shards("0") == [place]
    with pytest.raises(UnfinishedStore, match=r"in the place of shards/0/00000\.npy"):
        store.seal()


def test_a_scale_that_was_altered_makes_its_shard_missing(filled):
    _, store = filled
    path = store.path / "shards/0/00001.json"
    fields = json.loads(path.read_text())
    fields["scales"][0] *= 2
    path.write_text(json.dumps(fields))
    assert store.missing_shards("0") == [1]


def test_two_versions_of_a_shard_are_refused_and_the_first_stays(filled):
    featuriser, store = filled
    rows, fingerprint = featuriser.features(range(4)), featuriser.fingerprint()
    before = (store.path / "shards/0/00000.npy").read_bytes()
    store.write("0", 0, rows, fingerprint)
    with pytest.raises(StoreError, match="shard 0 of '0' finished, with other content"):
        store.write("0", 0, 2 * rows, fingerprint)
    assert (store.path / "shards/0/00000.npy").read_bytes() == before


def test_a_slower_twin_that_finishes_after_sealing_changes_nothing(filled):
    featuriser, store = filled
    digest = store.seal()
    store.write("0", 0, featuriser.features(range(4)), featuriser.fingerprint())
    assert FeatureStore.open(store.path, verify="full").digest() == digest


def test_what_killed_writers_left_is_gone_after_sealing(filled):
    _, store = filled
    leftover = store.path / "shards/0/00001.npy.0f.part"
    leftover.write_bytes(b"half")
    store.seal()
    assert not leftover.exists()


def test_shards_of_two_checkpoints_are_never_sealed_together(plain, tmp_path):
    store = make(tmp_path / "s", plain.config())
    for shard, maker in enumerate(["one", "two", "one"]):
        store.write("0", shard, np.ones((4, 64), np.float32), maker)
    with pytest.raises(ForeignStore, match="different"):
        store.seal()


def test_a_sealed_store_takes_no_more_rows(filled):
    featuriser, store = filled
    store.seal()
    assert capture(featuriser, store).written == ()
    with pytest.raises(StoreError, match="sealed"):
        store.write("0", 0, np.ones((4, 64), np.float32), featuriser.fingerprint())


def test_shards_and_members_out_of_range_are_refused(filled, plain):
    featuriser, store = filled
    for shard in (-1, 3):
        with pytest.raises(StoreError, match=f"no shard {shard}"):
            capture(featuriser, store, [shard])
    with pytest.raises(StoreError, match="no member 'x'"):
        store.missing_shards("x")
    with pytest.raises(StoreError, match="takes rows of shape"):
        store.write("0", 0, np.ones((3, 64), np.float32), "any")


@pytest.mark.parametrize("members", [[], ["a", "a"], ["../up"], [""], ["a/b"], [".hidden"]])
def test_members_that_are_no_folder_names_are_refused(tmp_path, plain, members):
    with pytest.raises(StoreError, match="members"):
        make(tmp_path / "s", plain.config(), members=members)
    assert not (tmp_path / "s").exists()


def test_a_store_without_segments_is_refused(tmp_path, plain):
    with pytest.raises(StoreError, match="at least one segment"):
        make(tmp_path / "s", plain.config(), n_segments=0)


def test_a_configuration_survives_its_file(plain):
    config = replace(plain.config(), exclude=("a.*", "b"), by_autograd=("c",))
    assert CaptureConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config
    with pytest.raises(EngineError, match="surprise"):
        CaptureConfig.from_dict({**config.as_dict(), "surprise": 1})


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ({"dtype": "int4"}, "dtype is 'int4'; choose one of 'float32'"),
        ({"projection": "none"}, "projection is 'none'; choose one of"),
        ({"dimension": "many"}, "dimension is 'many'; it takes one int"),
        ({"dimension": 64.5}, "dimension is 64.5; it takes one int"),
        ({"seed": True}, "seed is True; it takes one int"),
        ({"damping": "0.1"}, "damping is '0.1'; it takes one float"),
        ({"exclude": "notes.weight"}, "it takes one list of texts"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_configuration_that_means_nothing_is_refused_field_by_field(field, sentence):
    with pytest.raises(EngineError, match=sentence):
        CaptureConfig.from_dict(field)
    assert CaptureConfig.from_dict({"damping": 1, "exclude": ["a"]}).exclude == ("a",)


def test_the_command_line_inspects_and_verifies(filled, capsys):
    _, store = filled
    assert main(["inspect", str(store.path)]) == 0
    printed = capsys.readouterr().out
    assert "3 of 3 shards finished" in printed
    assert "not sealed" in printed
    assert main(["verify", str(store.path)]) == 1
    assert "not sealed" in capsys.readouterr().err
    digest = store.seal()
    assert main(["verify", str(store.path)]) == 0
    assert digest in capsys.readouterr().out
    flip(store.path / "shards/0/00000.npy")
    assert main(["verify", str(store.path)]) == 1
    assert "00000.npy is altered" in capsys.readouterr().err
