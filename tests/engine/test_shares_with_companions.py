"""Companions tell what chance scores, so that a piece earns the same alone as among others."""

import numpy as np
import pytest

from attribution.engine import BadScores, attribute
from tests.engine.worlds import World

SOURCES = tuple((generation, generation, 6.0) for generation in range(15))


def with_companions(world, *generations):
    """These generations of a world, with the last ten as companions."""
    scores, generation, track, role = world.make()
    companions = range(world.generations - 10, world.generations)
    chosen = np.isin(generation, [*generations, *companions])
    return attribute(
        scores[:, chosen], generation[chosen], track, role, companions=list(companions)
    )


def test_with_companions_a_piece_earns_the_same_alone_as_among_others():
    world = World(sources=SOURCES)
    together = with_companions(world, *range(15))
    assert [piece.generation for piece in together.generations] == list(range(15))
    assert any(piece.shares for piece in together.generations)
    for piece in together.generations:
        (alone,) = with_companions(world, piece.generation).generations
        assert [(s.track, s.share_ppb, s.low_ppb, s.high_ppb) for s in alone.shares] == [
            (s.track, s.share_ppb, s.low_ppb, s.high_ppb) for s in piece.shares
        ]


def test_without_companions_a_piece_alone_is_judged_by_a_rough_gate():
    world = World(sources=SOURCES)
    scores, generation, track, role = world.make()
    gates = [
        attribute(
            scores[:, generation == g], generation[generation == g], track, role
        ).quality.gate_z
        for g in range(15)
    ]
    steady = [with_companions(world, g).quality.gate_z for g in range(15)]
    assert np.std(gates) > 0.2
    assert len(set(steady)) == 1


def test_companions_are_neither_attributed_nor_judged():
    world = World(sources=tuple((generation, 0, 9.0) for generation in range(20, 30)))
    run = with_companions(world, 0, 1, 2)
    assert run.z.shape[0] == run.quality.generations == 3
    assert run.quality.attributed < 0.2, "what the companions owe is nobody's business"


def test_companions_alone_are_refused():
    with pytest.raises(BadScores, match="probe or a companion"):
        attribute(*World(generations=2).make(), companions=[0, 1])
