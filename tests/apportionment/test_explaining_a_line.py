"""Every line of every run can be explained, and the explanation arrives at the same atom."""

import pytest
from hypothesis import given, settings

from royalty.apportionment import LineKind, Place, Rules, Snapshot, allocate, explain_line
from tests.apportionment.worlds import EURO, cases, four_pieces, guaranteeing, pools


@settings(max_examples=150)
@given(cases(), pools, guaranteeing)
def test_every_line_is_explained_to_the_atom(
    case: tuple[Snapshot, str], pool: int, rules: Rules
) -> None:
    snapshot, model = case
    allocation = allocate(snapshot, model, pool, rules)
    for index in range(len(allocation.atoms)):
        explanation = explain_line(snapshot, model, pool, rules, allocation.place(index))
        assert explanation.atoms == allocation.atoms[index]
        assert explanation.kind == allocation.kind[index]
        for step in explanation.steps:
            assert abs(step.rounding_atoms) < 1
            assert step.exact_atoms + step.rounding_atoms == step.to_atoms


def test_a_pro_rata_line_reads_from_pool_to_holder() -> None:
    steps = explain_line(four_pieces(), "pro_rata", 28 * EURO, Rules(), Place(1, 2, 0)).steps
    assert [(s.stage, s.target, s.weight, s.weight_total, s.to_atoms) for s in steps] == [
        ("piece", "G2", 4, 40, 280 * EURO // 100),
        ("track", "T3", 250_000_000, 10**9, 70 * EURO // 100),
        ("holder", "A", 400_000, 10**6, 28 * EURO // 100),
    ]


def test_a_user_centric_line_names_each_subscribers_part() -> None:
    explanation = explain_line(four_pieces(), "user_centric", 28 * EURO, Rules(), Place(1, 1, 1))
    assert [step.stage for step in explanation.steps] == [
        *("subscriber", "piece") * 2,
        *("gathered", "track", "holder"),
    ]
    gathered = explanation.steps[4]
    assert gathered.to_atoms == explanation.steps[1].to_atoms + explanation.steps[3].to_atoms
    assert explanation.kind == LineKind.ATTRIBUTED


def test_rounding_is_shown_where_it_happened() -> None:
    steps = explain_line(four_pieces(), "user_centric", 28 * EURO, Rules(), Place(0, 0, 0)).steps
    piece = steps[1]
    assert (piece.weight, piece.weight_total) == (2, 3)
    assert piece.rounding_atoms == piece.to_atoms - piece.exact_atoms != 0


@pytest.mark.parametrize(
    "line",
    [
        *((0, 2, 1), (3, 1, 1), (-1, 0, 0), (-1, -1, -1), (0, -1, -1), (9, 0, 0), (0, -1, 0)),
        *((-1, 0, 0, True), (0, 0, 0, True), (-1, -1, -1, True)),
    ],
)
@pytest.mark.parametrize("guarantee", [0, 28 * EURO], ids=["none", "reached"])
def test_a_line_that_the_run_does_not_have_is_not_explained_away(
    line: tuple[int, ...], guarantee: int
) -> None:
    rules = Rules(guarantee_atoms=guarantee)
    with pytest.raises(LookupError, match="has no line"):
        explain_line(four_pieces(), "pro_rata", 28 * EURO, rules, Place(*line))
