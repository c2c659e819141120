"""The curvature of a model as values: factors, their inverse roots, and a file that keeps them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from attribution.engine.errors import MismatchedCurvature
from attribution.engine.files import write_atomically

FORMAT = 1


@dataclass(frozen=True)
class Factor:
    """A symmetric positive matrix U diag(s) Uᵀ, or diag(s) where `vectors` is None."""

    values: NDArray[np.float32]  # (n,)
    vectors: NDArray[np.float32] | None  # (n, n), a column an eigenvector

    def inverse_root(self, damping: float, device: torch.device) -> Tensor:
        """Return (M + damping · mean eigenvalue · I)^(-1/2), (n,) if diagonal, else (n, n).

        A parameter that received no gradient at all has no scale: it is left as it is.
        """
        mean = float(self.values.mean())
        if mean <= 0:
            return torch.ones(len(self.values), device=device)
        roots = torch.from_numpy((self.values.clip(0) + damping * mean) ** -0.5).to(device)
        if self.vectors is None:
            return roots
        vectors = torch.from_numpy(self.vectors).to(device)
        return (vectors * roots) @ vectors.T


@dataclass(frozen=True)
class ParameterCurvature:
    """Factors of one parameter: both for a matrix, `columns` alone for a vector."""

    rows: Factor | None
    columns: Factor


@dataclass(frozen=True)
class Curvature:
    """Factors of every covered parameter of one checkpoint, from a sample of `n_samples`."""

    parameters: Mapping[str, ParameterCurvature]
    n_samples: int

    def save(self, path: str | Path) -> None:
        """Write one `.npz` file, atomically."""
        description = json.dumps({"format": FORMAT, "n_samples": self.n_samples})
        arrays: dict[str, Any] = {"description": np.array(description)} | self._arrays()
        write_atomically(Path(path), lambda file: np.savez(file, **arrays))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote. Raises MismatchedCurvature for any other file."""
        try:
            with np.load(path, allow_pickle=False) as file:
                description = json.loads(str(file["description"]))
                arrays = {name: file[name] for name in file.files if name != "description"}
            if description["format"] != FORMAT:
                raise ValueError(f"format {description['format']}")
            return cls(_parameters(arrays), int(description["n_samples"]))
        except FileNotFoundError:
            raise
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise MismatchedCurvature(
                f"{path} is no curvature file of format {FORMAT} ({error}). Estimate it again."
            ) from error

    def digest(self) -> str:
        """Return the sha256 of the factors, which identifies this curvature."""
        digest = hashlib.sha256()
        for name, array in sorted(self._arrays().items()):
            digest.update(f"{name}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def _arrays(self) -> dict[str, NDArray[np.float32]]:
        arrays: dict[str, NDArray[np.float32]] = {}
        for name, curvature in self.parameters.items():
            for side, factor in (("rows", curvature.rows), ("columns", curvature.columns)):
                if factor is not None:
                    arrays[f"{name}|{side}|values"] = factor.values
                    if factor.vectors is not None:
                        arrays[f"{name}|{side}|vectors"] = factor.vectors
        return arrays


def _parameters(arrays: Mapping[str, NDArray[np.float32]]) -> dict[str, ParameterCurvature]:
    def factor(name: str, side: str) -> Factor | None:
        values = arrays.get(f"{name}|{side}|values")
        return None if values is None else Factor(values, arrays.get(f"{name}|{side}|vectors"))

    found: dict[str, ParameterCurvature] = {}
    for name in dict.fromkeys(key.split("|")[0] for key in arrays):
        columns = factor(name, "columns")
        if columns is None:
            raise ValueError(f"no columns for {name}")
        found[name] = ParameterCurvature(factor(name, "rows"), columns)
    return found
