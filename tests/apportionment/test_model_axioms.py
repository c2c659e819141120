"""Every model is held to exactly the axioms that it claims, and the docs say the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from royalty.apportionment import MODELS, Axiom
from royalty.apportionment.models.axioms import ALWAYS
from tests.apportionment.axioms import TRIALS

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
