"""Small random worlds for property tests, and the worked example with its four pieces."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from royalty.apportionment import MODELS, Rules, Snapshot, csr_from_triples, sort_triples

CENT = 1_000_000  # atoms in a cent
EURO = 100 * CENT
THIRD, TWO_THIRDS, SIXTH = 333_333_333, 666_666_667, 166_666_667

PARAMETERS = {
    "blend": {"alpha_ppm": st.integers(0, 10**6)},
    "artist_centric": {
        "boost_factor": st.integers(1, 5),
        "boost_uses": st.integers(1, 20),
        "boost_subscribers": st.integers(1, 4),
        "subscriber_cap": st.integers(1, 40),
    },
}
rules = st.builds(
    Rules,
    fallback=st.sampled_from(["equal_training_set", "held", "platform"]),
    idle_subscribers=st.sampled_from(["pool", "platform"]),
)
guaranteeing = st.builds(
    Rules,
    fallback=st.sampled_from(["equal_training_set", "held", "platform"]),
    idle_subscribers=st.sampled_from(["pool", "platform"]),
    guarantee_atoms=st.one_of(st.just(0), st.integers(0, 10**6), st.integers(0, 10**15)),
)
pools = st.integers(-(10**15), 10**15)
two_rights = st.one_of(
    st.just([]),
    st.sampled_from([0, 1, 250_000, 500_000, 10**6]).map(lambda ppm: [ppm, 10**6 - ppm]),
    st.integers(0, 10**6).map(lambda ppm: [ppm, 10**6 - ppm]),
)


def four_pieces(t3_owners: dict[str, int] | None = None) -> Snapshot:
    """G1-G4 by U1-U3 on T1-T3 of A, B and C; amounts in atoms of a cent."""
    owners = {
        "T1": {"A": 10**6},
        "T2": {"B": 10**6},
        "T3": t3_owners or {"C": 600_000, "A": 400_000},
    }
    tracks, parties = ("T1", "T2", "T3"), ("A", "B", "C")
    shares = [
        *((0, 0, 500_000_000), (0, 1, THIRD), (0, 2, SIXTH)),
        *((1, 1, 750_000_000), (1, 2, 250_000_000)),
        *((2, 0, 200_000_000), (2, 1, 200_000_000), (2, 2, 600_000_000)),
        *((3, 0, TWO_THIRDS), (3, 2, THIRD)),
    ]
    owned = [
        (tracks.index(track), parties.index(party), ppm)
        for track, row in owners.items()
        for party, ppm in row.items()
    ]
    usage = sort_triples([0, 0, 1, 2, 2], [0, 1, 2, 1, 3], [2, 1, 30, 3, 4])
    return Snapshot(
        ("G1", "G2", "G3", "G4"),
        tracks,
        parties,
        np.ones(3, dtype=np.bool_),
        np.array([10 * EURO, 10 * EURO, 20 * EURO]),
        *usage,
        np.zeros(4, dtype=np.int64),
        *csr_from_triples(*zip(*shares, strict=True), n_rows=4),
        *csr_from_triples(*zip(*owned, strict=True), n_rows=3),
    )


def _row(draw: st.DrawFn, size: int, whole: int) -> dict[int, int]:
    """Positions with shares that sum to at most the whole; often to exactly the whole."""
    columns = draw(st.lists(st.integers(0, size - 1), unique=True, max_size=4))
    left, row = whole, {}
    for column in columns:
        row[column] = draw(st.one_of(st.integers(0, left), st.just(left // 3)))
        left -= row[column]
    if row and draw(st.booleans()):
        row[columns[-1]] += left
    return row


def _triples(rows: list[dict[int, int]]) -> tuple[list[int], list[int], list[int]]:
    facts = [(r, column, value) for r, row in enumerate(rows) for column, value in row.items()]
    return [f[0] for f in facts], [f[1] for f in facts], [f[2] for f in facts]


def _claims(draw: st.DrawFn, size: int) -> dict[int, int]:
    """Positions with claims that owe nothing to each other, so that they may exceed the whole."""
    claim = st.one_of(st.integers(0, 10**6), st.sampled_from([1, 500_000, 600_000, 10**6]))
    return draw(st.dictionaries(st.integers(0, size - 1), claim, max_size=4))


@st.composite
def snapshots(draw: st.DrawFn, *, is_wild: bool = False) -> Snapshot:
    """Up to six of everything, with idle subscribers, free subscribers, unowned tracks and gaps.

    Only wild ones have owners that claim more than the whole, two rights in a track, and pieces
    whose shares are not verified.
    """
    size = st.integers(1, 6)
    n_pieces, n_tracks, n_parties, n_users = draw(st.tuples(size, size, size, size))
    fee = st.one_of(st.just(0), st.just(10 * EURO), st.integers(0, 10**13))
    usage = draw(
        st.dictionaries(
            st.tuples(st.integers(0, n_users - 1), st.integers(0, n_pieces - 1)),
            st.one_of(st.integers(1, 5), st.integers(1, 2**33)),
            max_size=12,
        )
    )
    of_tracks = {"min_size": n_tracks, "max_size": n_tracks}
    training = draw(st.lists(st.booleans(), min_size=n_tracks, max_size=n_tracks))
    if not any(training):
        training[0] = True
    contests, rights = is_wild and draw(st.booleans()), draw(two_rights) if is_wild else []
    owners = [
        _claims(draw, n_parties) if contests else _row(draw, n_parties, 10**6)
        for _ in range(n_tracks * (len(rights) or 1))
    ]
    works = draw(st.lists(st.integers(0, 3), **of_tracks))
    marks = st.lists(st.booleans(), min_size=n_pieces, max_size=n_pieces)
    held = draw(marks) if is_wild and draw(st.booleans()) else []
    is_known = [not mark for mark in held] or [True] * n_pieces
    lengths = draw(st.lists(st.integers(1, 10**6), **of_tracks))
    return Snapshot(
        tuple(f"G{i}" for i in range(n_pieces)),
        tuple(f"T{i}" for i in range(n_tracks)),
        tuple(f"P{i}" for i in range(n_parties)),
        np.array(training),
        np.array(draw(st.lists(fee, min_size=n_users, max_size=n_users))),
        *sort_triples([u for u, _ in usage], [g for _, g in usage], list(usage.values())),
        np.array(draw(st.lists(fee, min_size=n_pieces, max_size=n_pieces))),
        *csr_from_triples(
            *_triples([_row(draw, n_tracks, 10**9) if known else {} for known in is_known]),
            n_pieces,
        ),
        *csr_from_triples(*_triples(owners), len(owners)),
        track_work=np.array(works),
        track_milliseconds=np.array(lengths),
        right_ppm=np.array(rights, dtype=np.int64),
        unverified_generation=np.array(held, dtype=np.bool_),
    )


@st.composite
def cases(draw: st.DrawFn, *names: str) -> tuple[Snapshot, str]:
    """A world with the parameters of a model (one of these, or any), and the model's name.

    Its owners may claim more than there is, its tracks may have two rights, and pieces be held.
    """
    model = draw(st.sampled_from(names or tuple(MODELS)))
    return agreed(draw(snapshots(is_wild=True)), model, draw), model


def agreed(snapshot: Snapshot, model: str, draw: st.DrawFn) -> Snapshot:
    """The world under a contract that states the model's parameters."""
    given = {name: draw(each) for name, each in PARAMETERS.get(model, {}).items()}
    return replace(snapshot, parameters=tuple(given.items()))


def with_usage(snapshot: Snapshot, usage: dict[tuple[int, int], int]) -> Snapshot:
    """The same world with this usage, (subscriber, generation) → count."""
    subscriber, generation, count = sort_triples(
        [u for u, _ in usage], [g for _, g in usage], list(usage.values())
    )
    return replace(
        snapshot, usage_subscriber=subscriber, usage_generation=generation, usage_count=count
    )


def usage_of(snapshot: Snapshot) -> dict[tuple[int, int], int]:
    """The usage of a world, (subscriber, generation) → count."""
    keys = zip(snapshot.usage_subscriber.tolist(), snapshot.usage_generation.tolist(), strict=True)
    return dict(zip(keys, snapshot.usage_count.tolist(), strict=True))
