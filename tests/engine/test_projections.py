"""What every projection promises, and what each promises beside."""

import gc
import hashlib
import weakref
from math import prod

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.engine import CaptureConfig, EngineError, Featuriser
from attribution.engine.gradients.check import autograd_gradients
from attribution.engine.gradients.pieces import Exact, Lookup, Outer
from attribution.engine.gradients.survey import survey
from attribution.engine.projections import METHODS
from attribution.engine.projections.base import Geometry
from attribution.engine.projections.draws import Draws
from attribution.engine.projections.factored import Factored
from attribution.engine.projections.maps import Maps
from attribution.engine.projections.sketch import Sketch

CPU = torch.device("cpu")
WORDS = "074dfe682c2fa96fef8e59248c35612652bd9d8bbc96354d09959e3fbe15415f"
BASIS = [0.6335108, 0.5705765, 0.3670533, 0.0704646, -0.2853885, -0.0789069]
SHAPES = {"matrix": (12, 10), "table": (9, 7), "vector": (1, 11)}


def geometry(seed: int = 0, member: str = "0", shapes: dict = SHAPES) -> Geometry:
    return Geometry(shapes, {}, 0.001, Draws(seed, member, CPU))


def gradients(samples: int, seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {n: torch.randn(samples, prod(s), generator=generator) for n, s in SHAPES.items()}


def rows_of(projection, found: dict[str, torch.Tensor]) -> torch.Tensor:
    accumulator = projection.empty(len(next(iter(found.values()))))
    for name, values in found.items():
        projection.add(accumulator, name, Exact(values))
    return projection.close(accumulator)


def products(rows: torch.Tensor) -> np.ndarray:
    return (rows.double() @ rows.double().T).numpy()


class ProjectionContract:
    """Inherited by the tests of every method."""

    method: str
    unbiased = True
    dimension = 64

    def make(self, *, dimension: int | None = None, seed: int = 0, member: str = "0"):
        return METHODS[self.method](geometry(seed, member), dimension or self.dimension)

    def test_rows_have_the_dimension_and_are_float32(self):
        rows = rows_of(self.make(), gradients(5))
        assert rows.shape == (5, self.dimension)
        assert rows.dtype == torch.float32

    def test_a_gradient_in_pieces_is_the_sum_of_its_pieces(self):
        found = gradients(4)
        whole = rows_of(self.make(), found)
        projection = self.make()
        accumulator = projection.empty(4)
        for name, values in found.items():
            projection.add(accumulator, name, Exact(0.25 * values))
            projection.add(accumulator, name, Exact(0.75 * values))
        torch.testing.assert_close(projection.close(accumulator), whole, rtol=1e-4, atol=1e-4)

    def test_every_form_of_a_gradient_gives_the_same_row(self):
        generator = torch.Generator().manual_seed(1)
        tokens = torch.randint(0, 9, (3, 6), generator=generator)
        values = torch.randn(3, 6, 7, generator=generator)
        one_hot = torch.nn.functional.one_hot(tokens, 9).float()
        pieces = [Lookup(tokens, values, 9), Outer(one_hot, values)]
        pieces.append(Exact(pieces[0].dense().reshape(3, -1)))
        rows = []
        for piece in pieces:
            projection = self.make()
            accumulator = projection.empty(3)
            projection.add(accumulator, "table", piece)
            rows.append(projection.close(accumulator))
        torch.testing.assert_close(rows[1], rows[0], rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(rows[2], rows[0], rtol=1e-4, atol=1e-4)

    def test_members_and_seeds_have_directions_of_their_own(self):
        found = gradients(6)
        first = rows_of(self.make(), found)
        torch.testing.assert_close(rows_of(self.make(), found), first, rtol=0, atol=0)
        if self.unbiased:
            for other in (self.make(member="1"), self.make(seed=1)):
                assert not torch.allclose(rows_of(other, found), first, atol=1e-2)

    def test_inner_products_keep_their_mean(self):
        if not self.unbiased:
            pytest.skip("this method leaves directions out on purpose")
        found = gradients(3)
        exact = products(torch.cat(list(found.values()), 1))
        draws = np.stack([products(rows_of(self.make(seed=s), found)) for s in range(400)])
        error = draws.std(0) / np.sqrt(len(draws))
        assert (np.abs(draws.mean(0) - exact) < 5 * error + 1e-3).all()

    def test_whitening_happens_before_the_projection(self, plain):
        """With room for everything, the kernel is the whitened one of autograd's gradients."""
        room = 8192
        config = plain.config(projection=self.method, dimension=room, dtype="float32")
        curvature = plain.curvature()
        rows = torch.from_numpy(plain.featuriser(**self.changes(room)).features(range(12)))
        whitened = whitened_by_hand(plain, config, curvature)
        exact, found = products(whitened), products(rows)
        assert np.corrcoef(exact.ravel(), found.ravel())[0, 1] > self.kernel_correlation
        assert np.abs(found - exact).max() < self.kernel_error * np.abs(exact).max()

    kernel_correlation = 0.9999
    kernel_error = 1e-3

    def changes(self, room: int) -> dict[str, object]:
        return {"projection": self.method, "dimension": room, "dtype": "float32"}


def whitened_by_hand(case, config: CaptureConfig, curvature) -> torch.Tensor:
    plan = survey(case.model, case.task, config)
    parts = []
    for name, values in autograd_gradients(case.model, case.task, range(12), plan.covered).items():
        factors = curvature.parameters[name]
        columns = factors.columns.inverse_root(config.damping, CPU)
        columns = columns.diag() if columns.dim() == 1 else columns
        if factors.rows is None:
            parts.append(values @ columns)
            continue
        rows = factors.rows.inverse_root(config.damping, CPU)
        rows = rows.diag() if rows.dim() == 1 else rows
        matrix = values.reshape(12, len(rows), len(columns))
        parts.append((rows @ matrix @ columns).reshape(12, -1))
    return torch.cat(parts, 1)


class TestFactored(ProjectionContract):
    method = "factored"

    def test_nothing_is_lost_where_the_row_has_room(self):
        found = gradients(5)
        exact = products(torch.cat(list(found.values()), 1))
        np.testing.assert_allclose(products(rows_of(self.make(dimension=256), found)), exact, 1e-4)

    @settings(max_examples=30, deadline=None)
    @given(
        shapes=st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=6),
        dimension=st.integers(12, 2000),
    )
    def test_the_widest_blocks_that_fit_are_taken(self, shapes, dimension):
        named = {str(place): shape for place, shape in enumerate(shapes)}
        width = Factored(geometry(shapes=named), dimension).width
        numbers = [
            sum(min(max(shape), w) * min(*shape, 2 * w) for shape in shapes)
            for w in (width, width + 1)
        ]
        assert numbers[0] <= dimension
        assert numbers[1] > dimension or width >= max(map(max, shapes))

    def test_a_row_without_room_for_all_parameters_is_refused(self):
        with pytest.raises(EngineError, match=r"2 numbers has no room for 3 .* to 5 at least"):
            self.make(dimension=2)

    def test_numbers_of_one_parameter_are_spread_over_the_whole_row(self):
        found = {n: v * (n == "vector") for n, v in gradients(200).items()}
        energy = rows_of(self.make(), found).square().mean(0)
        assert int((energy > 0).sum()) > 32


class TestPrincipal(ProjectionContract):
    method = "principal"
    unbiased = False

    def test_it_keeps_more_energy_than_random_directions_do_by_chance(self, make_case):
        case = make_case("Plain")
        curvature = case.curvature()
        kept = {}
        for method in ("principal", "factored"):
            config = case.config(projection=method, dtype="float32")
            plan = survey(case.model, case.task, config)
            whitened = Geometry.of(plan, curvature, config.damping, Draws(0, "0", CPU))
            projection = METHODS[method](whitened, config.dimension)
            side = curvature.parameters["wide.weight"].columns
            basis = projection.basis("wide.weight", "columns", len(side.values), 2)
            basis = basis / basis.norm(dim=0)
            moment = side.vectors * side.values @ side.vectors.T
            kept[method] = float(np.trace(basis.numpy().T @ moment @ basis.numpy()))
            assert basis.shape[1] == 2
        assert kept["principal"] > kept["factored"]

    def test_the_factors_are_not_held_during_a_pass(self, make_case):
        case = make_case("Plain")
        curvature = case.curvature()
        featuriser = Featuriser(
            case.model, case.task, case.config(projection=self.method), curvature
        )
        rows, factors = featuriser.features([0]), weakref.ref(curvature.parameters["wide.weight"])
        del curvature
        gc.collect()
        assert factors() is None
        np.testing.assert_array_equal(featuriser.features([0]), rows)

    def test_without_a_curvature_it_is_refused(self):
        with pytest.raises(EngineError, match="'principal' takes its directions"):
            CaptureConfig(projection="principal", curvature="none")

    dimension = 256


class TestSketch(ProjectionContract):
    method = "sketch"
    kernel_correlation = 0.99
    kernel_error = 0.1

    def test_variance_is_what_the_formula_says(self):
        generator = torch.Generator().manual_seed(0)
        x, y = torch.randn(2, 300, generator=generator)
        y = 0.7 * x + 0.7 * y
        shapes, draws = {"w": (1, 300)}, []
        for seed in range(2000):
            one = Sketch(geometry(seed, shapes=shapes), 32)
            rows = rows_of(one, {"w": torch.stack((x, y))})
            draws.append(float(rows[0] @ rows[1]))
        x, y = x.double(), y.double()
        inner = float(x @ y)
        variance = float(x @ x * (y @ y) + inner**2 - 2 * (x**2 * y**2).sum()) / 32
        assert np.var(draws) == pytest.approx(variance, rel=0.15)

    @settings(max_examples=30, deadline=None)
    @given(
        dimension=st.integers(1, 5000),
        numel=st.integers(1, 3000),
        seed=st.integers(0, 2**63),
        name=st.text(max_size=20),
    )
    def test_buckets_lie_inside(self, dimension, numel, seed, name):
        table = Sketch(geometry(seed, shapes={name: (1, numel)}), dimension).table(name)
        assert table.shape == (numel,)
        assert 0 <= int(table.min()) <= int(table.max()) < 2 * dimension

    def test_every_bucket_and_sign_is_used_evenly(self):
        table = Sketch(geometry(5, shapes={"w": (1, 160_000)}), 16).table("w").long()
        counts = torch.bincount(table, minlength=32)
        assert int((counts - 5000).abs().max()) < 5 * 5000**0.5

    def test_rows_that_are_looked_up_land_where_the_whole_matrix_puts_them(self):
        tokens = torch.tensor([[1, 4, 1], [0, 0, 2]])
        values = torch.randn(2, 3, 7)
        projection = self.make()
        one, other = projection.empty(2), projection.empty(2)
        projection.add(one, "table", Lookup(tokens, values, 9))
        projection.add(other, "table", Exact(Lookup(tokens, values, 9).dense().reshape(2, -1)))
        torch.testing.assert_close(projection.close(one), projection.close(other))


class TestDense(ProjectionContract):
    method = "dense"
    dimension = 300  # no multiple of 256: words are left over
    kernel_correlation = 0.99
    kernel_error = 0.1


def test_the_streams_never_change():
    """Stores of past years are read with these very numbers."""
    draws = Draws(7, "seed-1", CPU)
    words = draws.words("blocks.0.q.weight", 10_000)
    assert hashlib.sha256(words.tobytes()).hexdigest() == WORDS
    np.testing.assert_array_equal(draws.words("blocks.0.q.weight", 96, skip=4), words[4:100])
    basis = draws.basis("rows of w", 40, 6)
    np.testing.assert_allclose(basis[0].numpy(), BASIS, atol=1e-5)


def test_bases_are_orthonormal_up_to_their_scale():
    basis = Draws(0, "0", CPU).basis("rows of w", 50, 20)
    torch.testing.assert_close(basis.T @ basis, torch.eye(20) * 50 / 20, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("tokens", [2, 9, 200])
@pytest.mark.parametrize("kept", [2, 7])
def test_the_order_of_the_products_changes_nothing(tokens, kept):
    generator = torch.Generator().manual_seed(tokens)
    rows, columns = torch.randn(12, kept, generator=generator), torch.rand(10, generator=generator)
    for sides in ((rows, columns), (rows, None), (None, columns), (rows[:, 0], columns)):
        maps = Maps((12, 10), *sides)
        piece = Outer(
            torch.randn(3, tokens, 12, generator=generator),
            torch.randn(3, tokens, 10, generator=generator),
        )
        by_token = maps.apply(piece)
        by_matrix = maps.apply(Exact(piece.dense().reshape(3, -1)))
        torch.testing.assert_close(by_token, by_matrix, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("tokens", "shape", "kept", "order"),
    [
        (8, (512, 512), 32, (True, True)),
        (256, (128, 128), 48, (True, False)),
        (2000, (16, 16), 12, (False, False)),
    ],
)
def test_the_cheapest_order_is_taken(tokens, shape, kept, order):
    maps = Maps(shape, torch.zeros(shape[0], kept), torch.zeros(shape[1], kept))
    assert maps._order(tokens) == order
