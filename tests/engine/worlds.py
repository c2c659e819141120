"""Simulated scores whose true sources are known."""

from dataclasses import dataclass, field

import numpy as np

from attribution.engine import PPB, Role


@dataclass(frozen=True)
class World:
    """Scores as a model would give them: shared segments' likeness, scales of queries, noise."""

    seed: int = 0
    members: int = 2
    generations: int = 30
    queries: int = 3
    trained: int = 40
    calibration: int = 20
    test: int = 20
    likeness: float = 0.3  # of the segments of one track, as a share of one segment's variance
    noise: float = 0.5  # of each member
    degrees: float = 30.0  # of freedom; few mean heavy tails
    sources: tuple[tuple[int, int, float], ...] = ()  # (generation, track, strength)
    narrow: float = 1.0  # spread of trained tracks against controls
    drawn: np.random.Generator = field(init=False, repr=False)

    def draw(self, *shape: int) -> np.ndarray:
        return self.drawn.standard_t(self.degrees, shape)

    def layout(self):
        tracks = self.trained + self.calibration + self.test
        counts = self.drawn.integers(1, 7, tracks)
        generation = np.repeat(np.arange(self.generations), self.queries)
        role = np.repeat(list(Role), [self.trained, self.calibration, self.test])
        return generation, np.repeat(np.arange(tracks), counts), role

    def make(self):
        object.__setattr__(self, "drawn", np.random.default_rng(self.seed))
        generation, track, role = self.layout()
        shape = len(generation), len(role)
        base = 0.7 + np.sqrt(self.likeness) * self.draw(*shape)[:, track]
        base += self.draw(len(generation), len(track))
        base[:, role[track] == Role.TRAINED] *= self.narrow
        for source, earner, strength in self.sources:
            base[np.ix_(generation == source, track == earner)] += strength
        scale = np.exp(self.draw(len(generation), 1) / 2)
        each = [
            (base + self.noise * self.draw(*base.shape)) * scale * 10.0**member
            for member in range(self.members)
        ]
        return np.stack(each).astype(np.float32), generation, track, role


def shares_of(run):
    return {g.generation: {s.track: s.share_ppb / PPB for s in g.shares} for g in run.generations}
