"""Whether a curvature belongs to a model: the same parameters in the same shapes."""

from math import prod

from attribution.engine.curvature.factors import Curvature
from attribution.engine.errors import MismatchedCurvature
from attribution.engine.gradients.plan import Plan


def require_fitting(curvature: Curvature, plan: Plan) -> None:
    """Raise MismatchedCurvature naming the parameters that a curvature lacks or has otherwise."""
    wrong = [name for name in plan.covered if not _fits(curvature, plan, name)]
    if wrong:
        raise MismatchedCurvature(
            f"The curvature does not fit this model: parameters {', '.join(wrong)} are missing "
            "from it or have another shape. Estimate it again with this checkpoint and this "
            "configuration."
        )


def _fits(curvature: Curvature, plan: Plan, name: str) -> bool:
    found = curvature.parameters.get(name)
    if found is None or (found.rows is not None) != plan.is_matrix(name):
        return False
    n_rows = 1 if found.rows is None else len(found.rows.values)
    return n_rows * len(found.columns.values) == prod(plan.shapes[name])
