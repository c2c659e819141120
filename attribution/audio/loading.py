"""torchaudio, also beside a build of PyTorch for processors alone.

PyPI's torchaudio for Linux is linked to CUDA. Beside such a PyTorch its native extension cannot be
loaded, and `import torchaudio` fails, as does whatever imports it: all of transformers does where
it is installed. Nothing of that extension is needed here or there, so it is left out.
"""

import sys
from types import ModuleType
from typing import Any

import torch

_EXTENSION = "torchaudio._extension"


def leave_out_extension() -> None:
    """Let the first `import torchaudio` of this process find no native extension, on a PyTorch
    without CUDA. `attribution.engine` does this, before anybody's model is imported.
    """
    if torch.version.cuda is None and "torchaudio" not in sys.modules:
        sys.modules.setdefault(_EXTENSION, _no_extension())


def torchaudio() -> Any:
    """The module. Untyped: torchaudio says nothing of its types."""
    leave_out_extension()
    import torchaudio as module

    return module


def _no_extension() -> ModuleType:
    """What torchaudio's own module holds where it was built without one."""

    def fail_if_no_align(function: Any) -> Any:
        def refuse(*_arguments: Any, **_options: Any) -> None:
            raise RuntimeError(f"torchaudio's {function.__name__} needs its native extension.")

        return refuse

    stub = ModuleType(_EXTENSION)
    stub.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        _check_cuda_version=lambda: None,
        fail_if_no_align=fail_if_no_align,
    )
    return stub
