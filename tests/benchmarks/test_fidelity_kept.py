"""Kept scores are used again for what they were made of, and for nothing else."""

import io
import re
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from rich.console import Console

from attribution.reference.model import MusicTransformer
from benchmarks.fidelity import retraining, scoring
from benchmarks.fidelity.methods import Member, Method
from benchmarks.fidelity.methods.base import MethodFailed, Scores
from benchmarks.fidelity.methods.chance import Chance
from benchmarks.fidelity.methods.kept import Kept
from benchmarks.fidelity.report import show


class Counted(Method):
    """Counts how often it is asked."""

    name = "counted / twice"
    needs = ("piece",)
    asked = 0

    def __init__(self, rank: int = 3) -> None:
        self.rank = rank

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        type(self).asked += 1
        shape = len(member.queries), member.n_segments
        yield "small", np.full(shape, 0.1 * self.rank)
        yield "large", np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


class Failing(Method):
    """Yields something before it fails."""

    name = "failing"

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        yield "fine", np.zeros((len(member.queries), member.n_segments))
        raise MethodFailed("failing 1.0 failed: no such tensor")


class Piecewise(Member):
    """A member with a shared piece that has cost 7 seconds."""

    @property
    def piece(self) -> None:
        self.seconds["piece"] = 7.0


@pytest.fixture
def member(world, observed) -> Piecewise:
    model = MusicTransformer(world.model, seed=1)
    return Piecewise("first", model, world.full_corpus(), observed.queries.sequences)


@pytest.fixture(autouse=True)
def _none_asked(monkeypatch):
    monkeypatch.setattr(Counted, "asked", 0)


def test_a_second_run_reads_what_the_first_one_made(member, tmp_path):
    made = dict(Kept(Counted(), tmp_path).scores(member))
    read = dict(Kept(Counted(), tmp_path).scores(member))
    assert Counted.asked == 1
    assert list(read) == list(made) == ["small", "large"]
    for setting, scores in dict(Counted().scores(member)).items():
        np.testing.assert_array_equal(read[setting], scores)


def test_cost_is_what_making_took_with_what_it_shares(member, tmp_path):
    kept = Kept(Counted(), tmp_path)
    assert kept.kept_seconds(member) is None
    list(kept.scores(member))
    spent = kept.kept_seconds(member)
    assert 7.0 <= spent < 8.0
    again = Kept(Counted(), tmp_path)
    list(again.scores(member))
    assert again.kept_seconds(member) == spent


def change_weights(member: Piecewise) -> None:
    with torch.no_grad():
        member.model.norm.bias[0] += 1e-6


def change_query(member: Piecewise) -> None:
    first, *others = member.queries
    member.queries = [np.concatenate((first[:-1], first[-1:] + 1)), *others]


def move_token_between_queries(member: Piecewise) -> None:
    first, second, *others = member.queries
    member.queries = [first[:-1], np.concatenate((first[-1:], second)), *others]


@pytest.mark.parametrize(
    "change",
    [change_weights, change_query, move_token_between_queries],
    ids=["a weight", "a token", "where a query ends"],
)
def test_another_checkpoint_or_query_is_scored_anew(change, member, tmp_path):
    list(Kept(Counted(), tmp_path).scores(member))
    change(member)
    list(Kept(Counted(), tmp_path).scores(member))
    assert Counted.asked == 2


def test_another_setting_is_scored_anew(member, tmp_path):
    list(Kept(Counted(3), tmp_path).scores(member))
    found = dict(Kept(Counted(4), tmp_path).scores(member))
    assert found["small"][0, 0] == pytest.approx(0.4)


def test_another_version_of_the_library_is_scored_anew(member, tmp_path, monkeypatch):
    monkeypatch.setattr(Counted, "distribution", "numpy", raising=False)
    list(Kept(Counted(), tmp_path).scores(member))
    monkeypatch.setattr("importlib.metadata.version", lambda name: f"{name} of tomorrow")
    list(Kept(Counted(), tmp_path).scores(member))
    assert Counted.asked == 2


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99], ids=["empty", "half", "almost whole"])
def test_a_torn_file_is_made_again(share, member, tmp_path):
    kept = Kept(Counted(), tmp_path)
    list(kept.scores(member))
    whole = kept.path(member).read_bytes()
    kept.path(member).write_bytes(whole[: int(share * len(whole))])
    list(kept.scores(member))
    assert Counted.asked == 2
    assert len(kept.path(member).read_bytes()) == len(whole)


def test_nothing_is_kept_of_a_method_that_fails(member, tmp_path):
    kept = Kept(Failing(), tmp_path)
    with pytest.raises(MethodFailed):
        list(kept.scores(member))
    assert list(tmp_path.iterdir()) == []


def test_methods_and_members_do_not_share_a_file(member, tmp_path):
    other = Piecewise("second", member.model, member.corpus, member.queries)
    paths = {
        Kept(method, tmp_path).path(m) for method in (Counted(), Failing()) for m in (member, other)
    }
    assert len(paths) == 4


def test_a_method_that_fails_leaves_the_others_in_the_table(world, observed, made, tmp_path):
    checkpoints = retraining.full_model(world, made[0])
    members = scoring.members_of(world, observed, checkpoints)
    found = scoring.predict(world, observed, members, [Chance(), Kept(Failing(), tmp_path)])
    assert scoring.failures(found) == {"failing": "failing 1.0 failed: no such tensor"}
    reported = scoring.report(world, observed, found, 1)
    assert [row.method for row in reported] == ["random"]
    console = Console(width=200, record=True, file=io.StringIO())
    show(console, observed, [reported], scoring.ceilings(observed), scoring.failures(found))
    told = console.export_text()
    assert re.search(r"^failing +failed, see below", told, re.MULTILINE)
    assert "failing 1.0 failed: no such tensor" in told
