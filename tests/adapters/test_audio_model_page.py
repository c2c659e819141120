"""The package on the page about audio models is found once installed, and its example runs."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
import torch

from attribution.adapters import registry
from attribution.engine import PPB, Featuriser, Part

PAGE = Path(__file__).resolve().parents[2] / "docs" / "concepts" / "your-audio-model.md"


def block(name: str) -> str:
    """The code between two marks of the page."""
    text = PAGE.read_text(encoding="utf-8").split(f"<!-- {name} -->")[1]
    found = re.search(r"```\w+\n(.*?)```", text.split(f"<!-- /{name} -->")[0], re.DOTALL)
    assert found is not None
    return found.group(1)


def install(folder: Path, name: str, points: dict[str, str]) -> None:
    """What pip leaves of a package that brings these adapters."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [f"{each} = {target}" for each, target in points.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{registry.GROUP}]", *lines]) + "\n")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of installed packages, for one test."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    registry.adapter.cache_clear()
    yield folder
    registry.adapter.cache_clear()
    sys.modules.pop("glass", None)


@pytest.fixture
def glass(site):
    (site / "glass.py").write_text(block("glass"), encoding="utf-8")
    project = tomllib.loads(block("glass-project"))["project"]
    install(site, project["name"], project["entry-points"][registry.GROUP])
    return site


def test_the_example_runs_and_pays_the_copied_clip(glass, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        exec(compile(block("glass-example"), "example", "exec"), names)
    owed = {share.track: share.share_ppb for share in names["run"].generations[0].shares}
    assert max(owed, key=owed.get) == 7
    assert owed[7] > 0.3 * PPB
    assert "clip 7 is owed" in capsys.readouterr().out
    _parts_add_up_to_their_segment(names)
    _content_is_read_back(names)


def _parts_add_up_to_their_segment(names) -> None:
    model, adapter, cut = names["model"], names["glass"], names["cut"]
    parts = [Part(3, 0, 5), Part(3, 5, 16)]
    whole = Featuriser(model, names["task"], names["config"], names["curvature"]).features([3])
    divided = adapter.task(model, cut.sequence, parts)
    rows = Featuriser(model, divided, names["config"], names["curvature"]).features([0, 1])
    torch.testing.assert_close(
        *map(torch.from_numpy, (rows.sum(0), whole[0])), rtol=1e-3, atol=1e-4
    )


def _content_is_read_back(names) -> None:
    adapter, steps = names["glass"], names["cut"].sequence(3)
    assert (adapter.steps(names["model"], adapter.content(steps)) == steps).all()
    rows = adapter.embed(names["model"], [steps, names["cut"].sequence(9)])
    assert (rows**2).sum(1) == pytest.approx(1)


class TestWhatGoesWrong:
    """A sentence that names the package."""

    def test_a_name_that_nobody_brings(self, glass):
        with pytest.raises(registry.NoAdapter, match="'bells'; installed are glass, music-transf"):
            registry.adapter("bells")

    def test_two_packages_of_one_name(self, glass):
        install(glass, "crystal", {"glass": "glass:GlassAdapter"})
        with pytest.raises(registry.NoAdapter, match="adapters of crystal and glass; keep one"):
            registry.adapter("glass")

    def test_a_package_that_cannot_be_loaded(self, site):
        install(site, "torn", {"shards": "torn_in_two:Adapter"})
        with pytest.raises(registry.NoAdapter, match=r"of torn cannot be loaded .ModuleNotFound"):
            registry.adapter("shards")

    def test_an_adapter_under_another_name(self, glass):
        install(glass, "mirror", {"mirror": "glass:GlassAdapter"})
        with pytest.raises(registry.NoAdapter, match="of mirror says that it reads 'glass'"):
            registry.adapter("mirror")
