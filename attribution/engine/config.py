"""The two configurations: how features are made, and how scores become shares.

Both are plain frozen values. A store writes its `CaptureConfig` beside its rows and refuses to be
used with another one, because rows made differently cannot be compared.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args, get_origin, get_type_hints

from attribution.engine.errors import EngineError

ProjectionName: TypeAlias = Literal["factored", "principal", "sketch", "dense"]
RowDtype: TypeAlias = Literal["float32", "float16", "int8", "sign"]


@dataclass(frozen=True, kw_only=True)
class CaptureConfig:
    """How one gradient row is made and stored.

    dimension: numbers in a row. More keep more of the signal.
    projection: how a gradient becomes that many numbers (see `attribution.engine.projections`).
    curvature: "kronecker" whitens gradients before they are projected, "none" takes them raw;
        "kfac" does without the refit of the factors: a third of the time or less, less fidelity.
    damping: added to every eigenvalue of a curvature factor, as a share of the factor's mean.
    largest_factor: a factor with more rows than this keeps only its diagonal.
    seed: the projection's; each member of an ensemble derives its own from it.
    dtype: how a row lies on disk, beside one scale a row (see `attribution.engine.store.codes`).
    exclude: parameter name patterns (`fnmatch`) whose gradients are left out on purpose.
    by_autograd: patterns that must not go through hooks: the cure when the self-check fails.
    """

    dimension: int = 131_072
    projection: ProjectionName = "factored"
    curvature: Literal["kronecker", "kfac", "none"] = "kronecker"
    damping: float = 0.0001
    largest_factor: int = 4096
    seed: int = 0
    dtype: RowDtype = "sign"
    batch_size: int = 8
    shard_rows: int = 256
    exclude: tuple[str, ...] = ()
    by_autograd: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require_known(self)
        for name in ("dimension", "largest_factor", "batch_size", "shard_rows"):
            if getattr(self, name) < 1:
                raise EngineError(f"CaptureConfig.{name} is {getattr(self, name)}; use 1 or more.")
        if self.projection == "principal" and self.curvature == "none":
            raise EngineError(
                "CaptureConfig.projection 'principal' takes its directions from the curvature, and "
                "curvature is 'none': use 'kronecker', or the projection 'factored'."
            )
        if not self.damping > 0:
            raise EngineError(
                f"CaptureConfig.damping is {self.damping}; use a positive number such as 0.0001, "
                "because factors are singular when segments are few."
            )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON types."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> "CaptureConfig":
        """Read what `as_dict` wrote; an unknown or missing field is refused."""
        lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
        try:
            return cls(**{**fields, **lists})
        except TypeError as error:
            raise EngineError(f"This capture configuration cannot be read: {error}.") from error


def _require_known(config: CaptureConfig) -> None:
    """Refuse values that a file can hold and a type checker never saw."""
    for name, kind in get_type_hints(CaptureConfig).items():
        value = getattr(config, name)
        if get_origin(kind) is Literal:
            if value not in get_args(kind):
                told = ", ".join(repr(choice) for choice in get_args(kind))
                raise EngineError(f"CaptureConfig.{name} is {value!r}; choose one of {told}.")
            continue
        kinds = (int, float) if kind is float else get_origin(kind) or kind
        if isinstance(value, bool) or not isinstance(value, kinds):
            wanted = "list of texts" if kinds is tuple else kind.__name__
            raise EngineError(f"CaptureConfig.{name} is {value!r}; it takes one {wanted}.")


@dataclass(frozen=True, kw_only=True)
class ShareConfig:
    """How scores become shares (see `attribution.engine.shares`).

    false_tracks_per_generation: how many tracks may pass the gate of one generation by chance.
    interval_level: probability that the interval of a share aims at.
    run_gain, run_spread: how training runs differ (κ and σ of `shares.interval`), assumed where
        the ensemble has one run alone. `Quality` has them measured where there are several, and
        `python -m benchmarks.uncertainty` for the reference model, which the defaults are from.
    resamples: simulated ensembles behind an interval.
    evidence_pairs: pairs (query segment, training segment) kept for each paid track.
    seed: of the simulated ensembles.
    """

    false_tracks_per_generation: float = 0.02
    interval_level: float = 0.90
    run_gain: float = 1.0
    run_spread: float = 0.22
    resamples: int = 400
    evidence_pairs: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.false_tracks_per_generation > 0:
            raise EngineError(
                "ShareConfig.false_tracks_per_generation must be positive: no finite gate "
                "promises that chance never passes it."
            )
        if not 0 < self.interval_level < 1:
            raise EngineError("ShareConfig.interval_level must lie between 0 and 1.")
        if not (self.run_gain >= 0 and self.run_spread > 0):
            raise EngineError("ShareConfig needs run_gain >= 0 and run_spread > 0.")
        if self.resamples < 1 or self.evidence_pairs < 0:
            raise EngineError("ShareConfig needs resamples >= 1 and evidence_pairs >= 0.")
