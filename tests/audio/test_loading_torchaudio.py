"""torchaudio and what imports it load beside any build of PyTorch."""

import subprocess
import sys

import pytest
import torch


def run(program: str) -> subprocess.CompletedProcess[str]:
    """In a fresh interpreter, since a module is imported once a process."""
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "program",
    [
        "from attribution.audio.loading import torchaudio; print(torchaudio().__name__)",
        "import attribution.engine, torchaudio; print(torchaudio.__name__)",
        "import attribution.engine\n"
        "from transformers import EncodecModel, GPT2LMHeadModel, MusicgenForConditionalGeneration\n"
        "import torchaudio; print(torchaudio.__name__)",
    ],
    ids=["by name", "after the engine", "by transformers"],
)
def test_it_loads(program):
    if "transformers" in program:
        pytest.importorskip("transformers", reason="the extra `transformers` is not installed")
    done = run(program)
    assert done.stdout == "torchaudio\n", done.stderr[-2000:]


def test_with_cuda_the_extension_stays():
    program = (
        "import sys, torch; torch.version.cuda = '13.0'\n"
        "from attribution.audio.loading import leave_out_extension; leave_out_extension()\n"
        "print('torchaudio._extension' in sys.modules)"
    )
    assert run(program).stdout == "False\n"


@pytest.mark.skipif(torch.version.cuda is not None, reason="the extension itself is there")
def test_what_needs_the_extension_says_so():
    done = run(
        "import torch\n"
        "from attribution.audio.loading import torchaudio\n"
        "torchaudio().functional.forced_align(torch.zeros(1, 4, 3), torch.ones(1, 2, dtype=int))"
    )
    assert "torchaudio's forced_align needs its native extension." in done.stderr


def test_resampling_and_loudness_need_no_extension():
    done = run(
        "import torch\n"
        "from attribution.audio.loading import torchaudio\n"
        "functional = torchaudio().functional\n"
        "tone = torch.sin(torch.arange(48_000) * 0.1)\n"
        "print(len(functional.resample(tone, 48_000, 32_000)))\n"
        "print(functional.loudness(tone[None], 48_000) < 0)"
    )
    assert done.stdout == "32000\ntensor(True)\n", done.stderr[-2000:]
