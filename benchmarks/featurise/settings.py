"""How a device computes: the precision of matrix products, and whether sums keep one order."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it cuBLAS is not repeatable


@dataclass(frozen=True)
class Setting:
    """`high` lets a GPU multiply in TF32; `deterministic` forbids sums in random order."""

    name: str
    precision: Literal["highest", "high"]
    deterministic: bool

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Compute so, on one CPU thread, and as before afterwards."""
        threads, precision = torch.get_num_threads(), torch.get_float32_matmul_precision()
        deterministic = torch.are_deterministic_algorithms_enabled()
        torch.set_num_threads(1)
        torch.set_float32_matmul_precision(self.precision)
        torch.use_deterministic_algorithms(self.deterministic)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
            torch.set_float32_matmul_precision(precision)
            torch.use_deterministic_algorithms(deterministic)


ON_CPU = (Setting("float32, one thread", "highest", deterministic=False),)
ON_CUDA = (
    Setting("float32", "highest", deterministic=False),
    Setting("TF32", "high", deterministic=False),
    Setting("TF32, deterministic", "high", deterministic=True),
)


def settings_of(device: torch.device) -> tuple[Setting, ...]:
    """Return what is worth comparing on a device."""
    return ON_CUDA if device.type == "cuda" else ON_CPU
