"""Every model is held to exactly the axioms that it claims, and the docs say the same."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from royalty.apportionment import MODELS, Axiom, Rules, Snapshot
from royalty.apportionment.axiom_table import written
from royalty.apportionment.models.axioms import ALWAYS
from tests.apportionment.axioms import FEE, TRIALS, revenue
from tests.apportionment.worlds import four_pieces, with_usage

DOCS = Path(__file__).parents[2] / "docs" / "concepts" / "allocation-models.md"
CLAIMS = [(model, axiom) for model in MODELS for axiom in Axiom if axiom in MODELS[model].axioms]


class TestClaims:
    """The contract of a model: what it declares in `axioms` holds on random small worlds."""

    @pytest.mark.parametrize(
        ("model", "axiom"), CLAIMS, ids=[f"{model}-{axiom.name.lower()}" for model, axiom in CLAIMS]
    )
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_a_claimed_axiom_holds(self, model: str, axiom: Axiom, data: st.DataObject) -> None:
        TRIALS[axiom](model, data.draw)

    @pytest.mark.parametrize("model", MODELS)
    def test_nobody_may_do_without_the_axioms_of_book_keeping(self, model: str) -> None:
        assert MODELS[model].axioms >= ALWAYS

    def test_every_axiom_is_tried_out(self) -> None:
        assert TRIALS.keys() == set(Axiom)


def test_the_docs_show_the_claims_as_the_models_declare_them() -> None:
    text = DOCS.read_text()
    assert written(text) == text, f"Run python -m royalty.apportionment.axiom_table {DOCS.name}."


def test_a_document_without_the_markers_is_not_touched() -> None:
    with pytest.raises(ValueError, match="has no lines"):
        written("# Models\n")


def test_the_docs_name_every_model_and_every_parameter() -> None:
    text = DOCS.read_text()
    for model in MODELS.values():
        assert f"| `{model.name}` |" in text
        assert all(f"`{parameter.name}`" in text for parameter in model.parameters)


class TestCounterexamples:
    """Why some do not claim more: the smallest worlds in which it would be false."""

    def world(self, usage: dict[tuple[int, int], int], users: int = 3) -> Snapshot:
        fees = np.full(users, FEE)
        return with_usage(replace(four_pieces(), subscriber_fee_atoms=fees), usage)

    def test_a_farm_profits_from_pro_rata_and_not_from_a_price_that_is_capped(self) -> None:
        honest = {(user, 0): 10 for user in range(3)}
        gain = {}
        for model in ("pro_rata", "scaled_user_prop", "user_centric"):
            before = revenue(self.world(honest), model, 3 * FEE * 7 // 10)
            farmed = self.world(honest | {(3, 1): 10_000}, users=4)
            gain[model] = int((revenue(farmed, model, 4 * FEE * 7 // 10) - before)[1])
        assert gain["pro_rata"] > 2 * FEE
        assert 0 < gain["user_centric"] < gain["scaled_user_prop"] <= FEE

    def test_a_piece_released_as_two_earns_more_by_the_shapley_index(self) -> None:
        whole = revenue(self.world({(0, 0): 2, (0, 1): 2}), "shapley_index", FEE)
        parts = revenue(self.world({(0, 0): 1, (0, 2): 1, (0, 1): 2}), "shapley_index", FEE)
        assert parts[0] + parts[2] > whole[0]

    def test_an_active_fake_draws_on_the_money_of_idle_subscribers(self) -> None:
        honest, pooled = {(0, 0): 1}, Rules(fallback="held", idle_subscribers="pool")
        before = revenue(self.world(honest, users=9), "user_centric", 9 * FEE, pooled)
        farmed = self.world(honest | {(9, 1): 1}, users=10)
        assert revenue(farmed, "user_centric", 10 * FEE, pooled)[1] - before[1] > FEE

    def test_scaled_user_prop_is_not_additive_in_revenue(self) -> None:
        world = self.world({(0, 0): 1, (1, 1): 9, (2, 2): 9})
        apart = 2 * revenue(world, "scaled_user_prop", FEE)
        assert (apart != revenue(world, "scaled_user_prop", 2 * FEE)).any()
