"""The example that newcomers read runs as it stands, and says what it promises."""

import re
from pathlib import Path

import torch

from attribution import engine

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_example_runs_and_finds_the_copied_tunes(capsys):
    text = README.read_text(encoding="utf-8")
    text = text.split("<!-- engine-example -->")[1].split("<!-- /engine-example -->")[0]
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    with torch.random.fork_rng():
        names: dict[str, object] = {}
        exec(compile(example, "example", "exec"), names)
    owed = {
        p.generation: {s.track: s.share_ppb for s in p.shares} for p in names["run"].generations
    }
    assert owed[0][3] > 0.3 * engine.PPB
    assert owed[1][7] > 0.3 * engine.PPB
    assert set(owed[0]) | set(owed[1]) == {3, 7}
    assert len(capsys.readouterr().out.splitlines()) == 2
