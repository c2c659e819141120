"""The example on the page about models runs as it stands, and covers every parameter."""

import re
from pathlib import Path

import pytest
import torch

PAGE = Path(__file__).resolve().parents[2] / "docs" / "concepts" / "your-model.md"


def test_the_example_on_a_hugging_face_model_runs(capsys):
    pytest.importorskip("transformers", reason="the extra `transformers` is not installed")
    text = PAGE.read_text(encoding="utf-8")
    text = text.split("<!-- model-example -->")[1].split("<!-- /model-example -->")[0]
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    names: dict[str, object] = {}
    with torch.random.fork_rng():
        exec(compile(example, "example", "exec"), names)
    assert names["rows"].shape == (4, 4096)
    assert "100.00 % in the features" in capsys.readouterr().out
