"""From names on a command line to values: the function that makes a run, and a configuration."""

import importlib
import json
import sys
import tomllib
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attribution.engine.config import CaptureConfig
from attribution.engine.errors import EngineError
from attribution.engine.run import Run


@dataclass(frozen=True)
class RunSpec:
    """How to make a run, in words that another process understands as well."""

    function: str  # "module:function"
    arguments: tuple[tuple[str, str], ...] = ()  # of the function, by name

    def load(self) -> Run:
        """Call the function and return its run; the current folder is where modules are found.

        Raises EngineError when there is no such function, it fails, or it returns no `Run`.
        """
        with blaming("Importing the function"):
            function = _find(self.function)
        with blaming(self.function):
            run = function(**dict(self.arguments))
        if not isinstance(run, Run):
            raise EngineError(
                f"{self.function} returned {type(run).__name__}; it must return an "
                "attribution.engine.Run."
            )
        return run


def read_config(path: Path | None) -> CaptureConfig:
    """Read the fields of a `CaptureConfig` that a .json or .toml file names; others keep defaults.

    Raises EngineError for a file that cannot be read and for fields that do not exist.
    """
    if path is None:
        return CaptureConfig()
    try:
        text = path.read_text(encoding="utf-8")
        fields = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise EngineError(f"The configuration {path} cannot be read: {error}") from error
    if not isinstance(fields, dict):
        raise EngineError(f"The configuration {path} must name fields, such as dimension.")
    return CaptureConfig.from_dict(fields)


@contextmanager
def blaming(what: str) -> Iterator[None]:
    """Turn any error of somebody else's code into one sentence that says where it arose.

    Raises EngineError; those that are one already pass.
    """
    try:
        yield
    except EngineError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        where = f" ({frames[-1].filename}, line {frames[-1].lineno})"
        raise EngineError(f"{what} failed: {type(error).__name__}: {error}{where}") from error


def _find(name: str) -> Callable[..., Any]:
    module_name, _, function_name = name.partition(":")
    if not (module_name and function_name):
        raise EngineError(f"{name!r} names no function: write module:function.")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    function = getattr(importlib.import_module(module_name), function_name, None)
    if not callable(function):
        raise EngineError(f"The module {module_name} has no function {function_name}.")
    found: Callable[..., Any] = function
    return found
