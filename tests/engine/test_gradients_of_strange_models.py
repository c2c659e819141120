"""Models that do what a survey cannot foresee: the gradients are right, or a sentence says why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from attribution.engine import BadGradients, EngineError, Featuriser, IncompleteGradients
from attribution.engine.gradients import survey as surveying
from attribution.engine.gradients.check import autograd_gradients, dense_gradients
from attribution.engine.gradients.draft import Draft, draw
from attribution.engine.gradients.survey import survey
from tests.engine.gradient_contract import (
    GradientContract,
    Notes,
    Numbers,
    Subject,
    assert_same_gradients,
)

LENGTH, WIDTH = 5, 4
Forward = Callable[["Strange", Tensor], Tensor]


class Strange(nn.Module):
    """Two Linears, a table and a bare vector, used by a function."""

    def __init__(self, forward: Forward) -> None:
        super().__init__()
        self.one, self.two = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.places = nn.Embedding(LENGTH, WIDTH)
        self.bare = nn.Parameter(torch.linspace(0.5, 1.5, WIDTH))
        self.run = forward

    def forward(self, x: Tensor) -> Tensor:
        return self.run(self, x)


def ends(model: Strange, y: Tensor) -> Tensor:
    """Use every parameter once in an ordinary way."""
    return y + model.places(torch.arange(LENGTH)[None]) + functional.pad(model.bare, (0, 0))


def checkpointed(model: Strange, x: Tensor) -> Tensor:
    return ends(model, checkpoint(lambda y: model.two(model.one(y).tanh()), x, use_reentrant=False))


def added_in_place(model: Strange, x: Tensor) -> Tensor:
    y = model.one(x)
    y += model.two(x)
    return ends(model, y.tanh_())


def input_changed_afterwards(model: Strange, x: Tensor) -> Tensor:
    y = model.one(x.sin())
    x += 1  # the sine was kept, so that even training bears it
    return ends(model, model.two(y) * x)


def flattened(model: Strange, x: Tensor) -> Tensor:
    return ends(model, model.two(model.one(x.flatten(0, 1)).tanh()).view(x.shape))


def flattened_by_time(model: Strange, x: Tensor) -> Tensor:
    y = model.two(model.one(x.transpose(0, 1).flatten(0, 1)).tanh())
    return ends(model, y.view(LENGTH, len(x), WIDTH).transpose(0, 1))


def gathered(model: Strange, x: Tensor) -> Tensor:
    """As in a mixture of experts: each token goes to one of the Linears."""
    chosen = x[..., 0] > 0
    y = torch.zeros_like(x)
    y[chosen] = model.one(x[chosen])
    y[~chosen] = model.two(x[~chosen])
    return ends(model, y.sin())


def places_without_batch(model: Strange, x: Tensor) -> Tensor:
    return model.two(model.one(x)) * model.bare + model.places(torch.arange(LENGTH))


def places_cut(model: Strange, x: Tensor) -> Tensor:
    table = model.places(torch.arange(LENGTH))
    return model.two(model.one(x)) * model.bare + table[:LENGTH, :].flip(0)


def places_of_the_first_row(model: Strange, x: Tensor) -> Tensor:
    return model.two(model.one(x)) * model.bare + model.places(torch.arange(LENGTH)[None])[0]


def used_behind_the_back(model: Strange, x: Tensor) -> Tensor:
    return ends(model, model.two(model.one(x)) @ model.one.weight)


def called_in_a_loop(model: Strange, x: Tensor) -> Tensor:
    return ends(model, torch.stack([model.two(model.one(row).tanh()) for row in x]))


def partly_without_gradient(model: Strange, x: Tensor) -> Tensor:
    with torch.no_grad():
        scale = model.one(x).abs().mean((1, 2), keepdim=True)
    return ends(model, model.two(model.one(x)) / scale)


STRANGE: dict[str, Forward] = {
    function.__name__.replace("_", " "): function
    for function in (
        checkpointed,
        added_in_place,
        input_changed_afterwards,
        flattened,
        flattened_by_time,
        gathered,
        places_without_batch,
        places_cut,
        places_of_the_first_row,
        used_behind_the_back,
        called_in_a_loop,
        partly_without_gradient,
    )
}


class TestStrangeModels(GradientContract):
    """A bare parameter of the whole model makes each of them go one sample at a time on a CPU."""

    @pytest.fixture(params=list(STRANGE))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        function = STRANGE[request.param]
        names = ["bare", *(["one.weight"] if function is used_behind_the_back else [])]
        return Subject(
            lambda: Strange(function), Numbers(LENGTH, WIDTH), by_autograd=names, batched=False
        )


@pytest.fixture
def anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a whole model run twice, as on a GPU."""
    look = surveying._look
    monkeypatch.setattr(surveying, "_look", lambda *of: replace(look(*of), may_run_twice=True))


@pytest.mark.usefixtures("anywhere")
class TestStrangeModelsRunTwice(TestStrangeModels):
    """The whole model is run again for the bare parameter, where a batch can be told apart."""

    @pytest.fixture(params=list(STRANGE))
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        function = STRANGE[request.param]
        names = ["bare", *(["one.weight"] if function is used_behind_the_back else [])]
        unclear = {
            flattened_by_time,
            gathered,
            called_in_a_loop,
            places_cut,
            places_of_the_first_row,
        }
        return Subject(
            lambda: Strange(function),
            Numbers(LENGTH, WIDTH),
            by_autograd=names,
            batched=function not in unclear,
        )


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "in turn"])
def test_both_ways_to_run_a_module_again_agree(at_once):
    subject = Subject(lambda: Strange(added_in_place), Numbers(LENGTH, WIDTH))
    findings = surveying._look(subject.model, subject.task, subject.config(), 0)
    plan = draw(replace(findings, may_run_twice=True), Draft(at_once=at_once))
    assert [(replay.module, replay.at_once) for replay in plan.replays] == [("", at_once)]
    ours = dense_gradients(subject.model, subject.task, range(6), plan, 4)
    theirs = autograd_gradients(subject.model, subject.task, range(6), plan.covered)
    assert_same_gradients(ours, theirs, 1e-4)


@dataclass
class Bag:
    """A batch and an output that only the model and its task understand."""

    numbers: Tensor


class BagTask(Numbers):
    def batch(self, segments: np.ndarray) -> Bag:
        return Bag(super().batch(segments))

    def sample_outputs(self, model: nn.Module, batch: Bag) -> Tensor:
        return self.summed(model(batch).numbers)


class TestBatchesOfTheUsersOwn(GradientContract):
    @pytest.fixture
    def subject(self) -> Subject:
        def forward(model: Strange, batch: Bag) -> Bag:
            return Bag(ends(model, model.two(model.one(batch.numbers).tanh())))

        return Subject(
            lambda: Strange(forward),
            BagTask(LENGTH, WIDTH),
            by_autograd=["bare"],
            batched=False,
        )


def refused(
    model: nn.Module, task: Numbers, kind: type[EngineError], sentence: str, **config: object
) -> None:
    subject = Subject(lambda: model, task)
    with pytest.raises(kind, match=sentence):
        Featuriser(model, task, subject.config(**config)).self_check(range(6))


def plain() -> nn.Sequential:
    return nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.Tanh(), nn.Linear(WIDTH, WIDTH))


def test_statistics_of_the_batch_are_refused_and_work_alone():
    model = nn.Sequential(plain(), nn.BatchNorm1d(LENGTH, track_running_stats=False))
    refused(model, Numbers(LENGTH, WIDTH), IncompleteGradients, "influence one another")
    subject = Subject(lambda: model, Numbers(LENGTH, WIDTH))
    Featuriser(model, subject.task, subject.config(batch_size=1)).self_check(range(6))


def test_a_branch_that_the_batch_decides_is_refused_and_works_alone():
    def forward(model: Strange, x: Tensor) -> Tensor:
        y = model.one(x) if x.mean() > 0 else model.two(x)
        return ends(model, y)

    task = Numbers(LENGTH, WIDTH)
    model = Strange(forward)
    refused(model, task, IncompleteGradients, r"(one|two)\.weight.*by_autograd")
    rows = Subject(lambda: model, task).config(by_autograd=("one.*", "two.*"))
    Featuriser(model, task, rows).self_check(range(6))


def test_a_model_that_is_random_when_evaluated_is_refused():
    def forward(model: Strange, x: Tensor) -> Tensor:
        return ends(model, functional.dropout(model.two(model.one(x)), 0.5, training=True))

    refused(Strange(forward), Numbers(LENGTH, WIDTH), IncompleteGradients, "drawn at random")


@pytest.mark.parametrize("number", [torch.nan, torch.inf])
def test_weights_that_are_not_finite_are_named(number):
    model = plain()
    with torch.no_grad():
        model[2].weight[0, 0] = number
    refused(model, Numbers(LENGTH, WIDTH), BadGradients, r"Parameter 2\.weight .* not finite")


def test_an_input_that_is_not_finite_is_named():
    task = Numbers(LENGTH, WIDTH)
    task.inputs[4, 0, 0] = torch.nan
    refused(plain(), task, BadGradients, "output of segment 4 ")
    task.inputs[0] = torch.inf
    refused(plain(), task, BadGradients, "output of segment 0 ")


def test_gradients_that_are_not_finite_are_named():
    task = Numbers(LENGTH, WIDTH)
    task.inputs[4] = 0
    model = nn.Sequential(nn.Linear(WIDTH, WIDTH, bias=False), Root())
    refused(model, task, BadGradients, "gradient of segment 4 ")


class Root(nn.Module):
    """Has a value at zero and no derivative."""

    def forward(self, x: Tensor) -> Tensor:
        return x.abs().sqrt()


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (nn.LazyLinear(WIDTH), "no values yet"),
        (nn.Linear(WIDTH, WIDTH, device="meta"), "no values yet"),
        (nn.Linear(WIDTH, WIDTH, dtype=torch.complex64), "complex"),
    ],
    ids=["lazy", "meta", "complex"],
)
def test_parameters_without_real_values_are_refused(model, sentence):
    refused(model, Numbers(LENGTH, WIDTH), BadGradients, sentence)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.parametrize(
    "compiled",
    [torch.jit.script, partial(torch.compile, backend="eager")],
    ids=["script", "compile"],
)
def test_compiled_modules_are_refused(compiled):
    refused(compiled(plain()), Numbers(LENGTH, WIDTH), BadGradients, "The model is compiled")
    refused(nn.Sequential(compiled(plain())), Numbers(LENGTH, WIDTH), BadGradients, "0 is compiled")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda model: model.requires_grad_(requires_grad=False),
        lambda model: setattr(model[1], "forward", lambda x: x.detach()),
    ],
    ids=["all frozen", "detached"],
)
def test_a_model_with_nothing_to_differentiate_is_refused(spoil):
    model = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.Tanh())
    spoil(model)
    refused(model, Numbers(LENGTH, WIDTH), IncompleteGradients, "No parameter of this model")


@pytest.mark.parametrize(
    "outputs",
    [lambda found: found.sum(), lambda found: found.flatten(1), lambda found: [0.0] * len(found)],
    ids=["one for the batch", "one a token", "a list"],
)
def test_outputs_that_are_not_one_number_a_segment_are_refused(outputs):
    task = Numbers(LENGTH, WIDTH)
    task.summed = outputs
    refused(plain(), task, BadGradients, "one number a segment")


class Sparing(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.used, self.spare = nn.Embedding(9, WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        return self.used(x)


def test_an_unused_parameter_is_left_out_and_told():
    subject = Subject(Sparing, Notes(LENGTH, 9))
    plan = survey(subject.model, subject.task, subject.config())
    assert plan.of_kind("unused") == ["spare.weight", "spare.bias"]
    assert plan.covered == ["used.weight"]
