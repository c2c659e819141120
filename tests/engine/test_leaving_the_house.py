"""What leaves a platform's house: packed stores, rows of pieces, commitments and their openings."""

import base64
import hashlib
import io
import json
import tarfile
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from attribution.engine import (
    BadPackage,
    CaptureConfig,
    DamagedStore,
    EngineError,
    FeatureStore,
    ForeignStore,
    Run,
    SegmentedTrack,
    StoreError,
    TrackTable,
    capture,
    create_store,
    open_featuriser,
    open_segments,
    pack,
    piece_features,
    unpack,
)
from attribution.engine.__main__ import main
from attribution.exchange import Opening, opens, read_features

torch.set_num_threads(1)
SECRET = b"s" * 32
WHEN = "2026-11-01T12:00:00+00:00"


class Task:
    def __init__(self, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.inputs = torch.randn(12, 3, 4, generator=generator)

    def batch(self, segments):
        return self.inputs[torch.as_tensor(segments)]

    def sample_outputs(self, model, batch):
        return model(batch).square().sum((1, 2))

    def content(self, segment: int) -> bytes:
        return self.inputs[segment].numpy().tobytes()


def load(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))


def run_over(seed: int, *, tracks=(5, 7), members=(0, 1), **changes) -> Run:
    task = Task(seed)
    table = [
        SegmentedTrack(f"t/{place}", f"{place}" * 64, "train", count)
        for place, count in enumerate(tracks)
    ]
    values = {
        "models": {name: partial(load, member) for name, member in zip("ab", members, strict=True)},
        "task": task,
        "n_segments": 12,
        "identity": {"training_set": str(seed)},
        "curvature_sample": range(12),
        "tokens": np.full(12, 3),
        "tracks": table,
        "content": task.content,
    }
    return Run(**values | changes)


def training() -> Run:
    return run_over(0)


def pieces() -> Run:
    return run_over(1)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory) -> FeatureStore:
    path, run = tmp_path_factory.mktemp("house") / "store", training()
    store = create_store(path, run, CaptureConfig(dimension=64, shard_rows=5))
    for member in store.members:
        capture(open_featuriser(run, store, member), store)
    store.seal()
    return store


@pytest.fixture
def package(sealed, tmp_path):
    pack(sealed, tmp_path / "store.tar")
    return tmp_path / "store.tar"


def made(sealed, run: Run, **options) -> list:
    return list(piece_features(run, sealed, SECRET, captured_at=WHEN, **options))


def test_rows_are_those_of_a_query_and_do_not_depend_on_company(sealed, tmp_path):
    run = pieces()
    both = made(sealed, run)
    (second,) = made(sealed, run, pieces=[1])
    assert [each.ref for each in both] == ["t/0", "t/1"]
    assert second.content == both[1].content, "the same bytes, alone or with others"
    (tmp_path / "piece").write_bytes(second.content)
    file = read_features(tmp_path / "piece")
    assert (file.members, file.segment_count, file.dimension) == (("a", "b"), 7, 64)
    for member in file.members:
        expected = open_featuriser(run, sealed, member).features(range(5, 12))
        assert np.array_equal(file.rows(member), expected)
    assert file.identity.store == sealed.digest()
    assert file.identity.fingerprints == {m: sealed.fingerprints(m).pop() for m in "ab"}
    assert file.lengths.tolist() == [3] * 7


def test_a_segment_is_opened_by_its_content_and_its_salt_and_by_nothing_else(sealed, tmp_path):
    run = pieces()
    (tmp_path / "piece").write_bytes(made(sealed, run)[0].content)
    file = read_features(tmp_path / "piece")
    (opening,) = open_segments(run, sealed, SECRET, 0, [2])
    committed = file.commitments[2].tobytes()
    assert opens(committed, opening)
    assert opening.content == run.task.content(2)
    assert not opens(file.commitments[3].tobytes(), opening)
    assert not opens(committed, Opening(2, opening.content + b"x", opening.salt))
    assert not opens(committed, Opening(2, opening.content, b"s" * 32))
    assert not opens(committed, Opening(2, opening.content, b""))
    (other,) = open_segments(run, sealed, b"t" * 32, 0, [2])
    assert not opens(committed, other), "another house's secret opens nothing"


def test_the_same_segment_cannot_be_told_by_its_commitment_without_the_secret(sealed):
    (mine, *_), (theirs, *_) = (
        list(piece_features(pieces(), sealed, secret, captured_at=WHEN))
        for secret in (SECRET, b"t" * 32)
    )
    assert mine.root != theirs.root


@pytest.mark.parametrize("lack", ["tracks", "tokens", "content"])
def test_a_run_that_does_not_say_what_its_segments_are_is_refused(sealed, lack):
    empty = {"tracks": (), "tokens": None, "content": None}
    with pytest.raises(EngineError, match="does not say what its segments are"):
        made(sealed, run_over(1, **{lack: empty[lack]}))


def test_pieces_that_do_not_add_up_or_are_not_there_are_refused(sealed):
    with pytest.raises(EngineError, match="has 11 segments and the run 12"):
        made(sealed, run_over(1, tracks=(5, 6)))
    with pytest.raises(EngineError, match="no piece 2"):
        made(sealed, pieces(), pieces=[2])
    with pytest.raises(EngineError, match="no segment 5: the piece has 5"):
        open_segments(pieces(), sealed, SECRET, 0, [5])


def test_other_checkpoints_than_the_stores_are_refused(sealed):
    with pytest.raises(ForeignStore, match="another checkpoint"):
        made(sealed, run_over(1, models={"a": partial(load, 0), "b": partial(load, 7)}))


def test_a_packed_store_is_the_same_bytes_and_comes_back_whole(sealed, package, tmp_path):
    pack(sealed, tmp_path / "again.tar")
    assert (tmp_path / "again.tar").read_bytes() == package.read_bytes()
    with tarfile.open(package) as archive:
        assert archive.getnames()[0] == "manifest.json"
    unpack(package, tmp_path / "copy")
    copy = FeatureStore.open(tmp_path / "copy", verify="full")
    assert copy.digest() == sealed.digest()
    assert TrackTable.read(copy.path) == training().table()


def test_without_curvature_a_store_is_read_and_takes_no_queries(sealed, tmp_path):
    pack(sealed, tmp_path / "store.tar", with_curvature=False)
    unpack(tmp_path / "store.tar", tmp_path / "copy")
    copy = FeatureStore.open(tmp_path / "copy", verify="full")
    assert copy.digest() == sealed.digest()
    assert np.array_equal(copy.shard_rows("a", 0), sealed.shard_rows("a", 0))
    with pytest.raises(StoreError, match="without the curvature"):
        open_featuriser(pieces(), copy, "a")


def test_a_missing_file_that_is_no_curvature_is_damage(sealed, package, tmp_path):
    unpack(package, tmp_path / "copy")
    (tmp_path / "copy" / "tracks.json").unlink()
    with pytest.raises(DamagedStore, match=r"tracks\.json is missing"):
        FeatureStore.open(tmp_path / "copy")


def entries(package) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(package) as archive:
        return [(each, archive.extractfile(each).read()) for each in archive.getmembers()]


def packed(path, files: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w") -> None:
    with tarfile.open(path, mode, format=tarfile.USTAR_FORMAT) as archive:
        for header, content in files:
            archive.addfile(header, io.BytesIO(content))


def plain(name: str, content: bytes = b"x") -> tuple[tarfile.TarInfo, bytes]:
    header = tarfile.TarInfo(name)
    header.size = len(content)
    return header, content


def special(kind: bytes, name: str = "config.json") -> tuple[tarfile.TarInfo, bytes]:
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, "/etc/passwd"
    return header, b""


def manifest_naming(*names: str) -> tuple[tarfile.TarInfo, bytes]:
    files = {name: {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()} for name in names}
    return plain("manifest.json", json.dumps({"format": 2, "files": files}).encode())


@pytest.mark.parametrize(
    "files",
    [
        [],
        [plain("config.json")],
        [plain("manifest.json", b"[" * 100_000)],
        [plain("manifest.json", b'{"files": {"config.json": {"bytes": -1}}}')],
        [manifest_naming("../outside")],
        [manifest_naming("/etc/passwd")],
        [manifest_naming("shards/../../outside/00000.npy")],
        [manifest_naming("shards/.hidden/00000.npy")],
        [manifest_naming("shards/a/00000.npy/x")],
        [manifest_naming("config.json\n")],
        [manifest_naming("config.json"), plain("tracks.json")],
        [manifest_naming("config.json"), plain("config.json", b"longer")],
        [manifest_naming("config.json"), plain("config.json"), plain("config.json")],
        [manifest_naming("config.json"), special(tarfile.SYMTYPE)],
        [manifest_naming("config.json"), special(tarfile.LNKTYPE)],
        [manifest_naming("config.json"), special(tarfile.CHRTYPE)],
        [manifest_naming("config.json"), special(tarfile.FIFOTYPE)],
        [manifest_naming("config.json"), special(tarfile.DIRTYPE)],
        [manifest_naming("config.json"), special(tarfile.GNUTYPE_SPARSE)],
        [special(tarfile.SYMTYPE, "manifest.json")],
    ],
)
def test_a_package_that_is_not_what_pack_writes_leaves_nothing(tmp_path, files):
    packed(tmp_path / "bad.tar", files)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BadPackage):
        unpack(tmp_path / "bad.tar", tmp_path / "copy")
    assert sorted(tmp_path.rglob("*")) == before


def test_extended_headers_and_compression_are_not_even_parsed(package, tmp_path):
    with tarfile.open(tmp_path / "pax.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        header, content = plain("n" * 300)
        archive.addfile(header, io.BytesIO(content))
    packed(tmp_path / "small.tar.gz", entries(package), mode="w:gz")
    for name in ("pax.tar", "small.tar.gz"):
        with pytest.raises(BadPackage):
            unpack(tmp_path / name, tmp_path / "copy")


@pytest.mark.parametrize("kept", [100, 512, 3000, 0.5, 0.9])
def test_a_package_that_was_cut_off_leaves_nothing(package, tmp_path, kept):
    content = package.read_bytes()
    size = kept if isinstance(kept, int) else int(len(content) * kept)
    (tmp_path / "cut.tar").write_bytes(content[:size])
    with pytest.raises(BadPackage):
        unpack(tmp_path / "cut.tar", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_table_of_tracks_says_whose_each_segment_is():
    table = training().table()
    assert table.segment_track.tolist() == [0] * 5 + [1] * 7
    assert (table.n_segments, table.starts.tolist()) == (12, [0, 5, 12])
    with pytest.raises(StoreError, match="one segment or more"):
        SegmentedTrack("x", "", "", 0)


def test_the_commands_make_features_and_openings_with_a_secret_of_the_house(
    sealed, tmp_path, capsys
):
    house = ("--run", "tests.engine.test_leaving_the_house:pieces")
    secret = ("--secret", str(tmp_path / "secret"))
    arguments = ["features", str(sealed.path), *house, *secret, "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    files = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in files] == ["t%2F0.safetensors", "t%2F1.safetensors"]
    capsys.readouterr()
    assert (
        main(["open", str(sealed.path), *house, *secret, "--piece", "t/1", "--segments", "0,6"])
        == 0
    )
    for told in json.loads(capsys.readouterr().out)["openings"]:
        content = base64.b64decode(told["content"])
        opening = Opening(told["number"], content, bytes.fromhex(told["salt"]))
        assert opens(read_features(files[1]).commitments[told["number"]].tobytes(), opening)
    assert main(["open", str(sealed.path), *house, *secret, "--piece", "x", "--segments", "0"]) == 1
    assert "no piece 'x'" in capsys.readouterr().err
