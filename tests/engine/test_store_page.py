"""The page that specifies the store: its reader reads, and its example runs."""

import re
from pathlib import Path

import numpy as np
import pytest

from attribution.engine import CaptureConfig, FeatureStore
from attribution.engine.__main__ import main

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "feature-store.md"


def code(name: str) -> str:
    text = PAGE.read_text(encoding="utf-8").split(f"<!-- {name} -->")[1]
    return re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)


@pytest.mark.parametrize("dtype", ["float32", "float16", "int8", "sign"])
def test_the_reader_reads_every_dtype_with_numpy_alone(tmp_path, dtype):
    config = CaptureConfig(dimension=24, dtype=dtype, shard_rows=4)
    store = FeatureStore.create(tmp_path, config, members=["a", "b"], n_segments=10, identity={})
    rows = np.random.default_rng(0).normal(size=(10, 24)).astype(np.float32)
    for member, scale in (("a", 1), ("b", 1e-5)):
        for shard in range(3):
            start, stop = store.description.shard_range(shard)
            store.write(member, shard, rows[start:stop] * np.float32(scale), "by hand")
    store.seal()
    source = code("store-reader")
    assert "attribution" not in source
    names: dict = {}
    exec(compile(source, "reader", "exec"), names)
    for member in "ab":
        expected = np.concatenate([store.shard_rows(member, shard) for shard in range(3)])
        np.testing.assert_array_equal(names["read"](tmp_path, member), expected)
    (tmp_path / "scales/a.npy").write_bytes(b"other")
    with pytest.raises(AssertionError, match=r"scales/a\.npy"):
        names["read"](tmp_path, "a")


def test_the_example_is_captured_and_asked(tmp_path, monkeypatch, capsys):
    (tmp_path / "on_the_page.py").write_text(code("store-example"))
    (tmp_path / "small.toml").write_text("dimension = 4096\nshard_rows = 64\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    run = ("--run", "on_the_page:training")
    assert main(["capture", "store", *run, "--config", "small.toml"]) == 0
    assert main(["query", "store", *run, "--top", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    found = [line.split()[2] for line in lines if "segment" in line]
    assert len(found) == 200
    assert sum(place == int(segment) for place, segment in enumerate(found)) > 150


def test_every_file_of_a_store_is_on_the_page(plain, tmp_path):
    from attribution.engine import capture

    store = FeatureStore.create(tmp_path, plain.config(), members=["0"], n_segments=12, identity={})
    store.keep_curvature("0", plain.curvature())
    capture(plain.featuriser(), store)
    store.seal()
    text = PAGE.read_text(encoding="utf-8")
    for path in store.path.rglob("*"):
        if path.is_file():
            name = str(path.relative_to(store.path))
            general = re.sub(r"/0\.", "/<member>.", re.sub(r"/0/\d+", "/<member>/<number>", name))
            assert f"`{general}`" in text, name
