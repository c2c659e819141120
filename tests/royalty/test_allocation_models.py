"""Every allocation model through a month: signed, computed, closed, stated and explained."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from royalty.apportionment import MODELS, to_minor_units
from royalty.models import AllocationRun, Contract, DocumentKind, Statement
from royalty.selectors.documents import files_of
from royalty.selectors.explanations import explained_line
from royalty.selectors.runs import books_of
from royalty.selectors.statement_document import statement_document
from royalty.selectors.statement_lines import lines_of
from royalty.selectors.verification import verify_ledger
from royalty.services import periods
from royalty.services.contracts import ContractError
from royalty.services.intake import IntakeRefused
from royalty.services.statements import render_statement
from tests.royalty.cast import (
    AFTER,
    CENT,
    EURO,
    payables,
    revenue_lines,
    settle,
    sign,
    usage_lines,
    worked_example,
)

PARAMETERS = {
    "blend": {"alpha_ppm": 500_000},
    "artist_centric": {
        "boost_factor": 2,
        "boost_uses": 10,
        "boost_subscribers": 2,
        "subscriber_cap": 20,
    },
}
pytestmark = pytest.mark.django_db


def revenue_for(kind: str) -> list[dict]:
    """€40 in the kind of money that a model shares."""
    frame = {"service": "studio", "currency": "EUR", "earned_on": "2026-10-01", "kind": kind}
    if kind == "subscription":
        return revenue_lines()
    if kind == "training":
        return [frame | {"event_id": "licence", "amount": "40.00"}]
    return [
        frame | {"event_id": f"fee-{piece}", "generation": piece, "amount": "10.00"}
        for piece in ("G1", "G2", "G3", "G4")
    ]


@pytest.fixture
def month(take):
    """A month of €40 and 40 uses under a model, not yet computed."""

    def reported(model: str, **terms):
        world = worked_example(
            allocation_model=model, model_parameters=PARAMETERS.get(model, {}), **terms
        )
        take(world, "usage", usage_lines(), f"{model}.usage.ndjson")
        take(world, "revenue", revenue_for(MODELS[model].revenue), f"{model}.revenue.ndjson")
        return world

    return reported


@pytest.mark.parametrize("model", MODELS)
def test_a_month_is_closed_stated_and_explained_to_the_atom_under_every_model(month, model):
    world = month(model)
    settle(world)
    assert sum(payables(world).values()) == 28 * EURO
    assert verify_ledger() == []
    for statement in Statement.objects.all():
        lines = lines_of(statement)
        assert lines.atoms == statement.closing_atoms == payables(world)[statement.party.ref]
        for numbered in lines:
            assert explained_line(statement, numbered.row).explanation.atoms == numbered.line.atoms


@pytest.mark.parametrize("model", ["blend", "training_fee_per_work"])
def test_documents_name_the_model_and_what_was_agreed_for_it(month, model):
    world = month(model)
    settle(world)
    statement = Statement.objects.get(party__ref="A")
    document = statement_document(statement, [each.line for each in lines_of(statement)])
    agreed = "blend alpha_ppm=500000" if model == "blend" else model
    assert document.allocation_model == agreed
    assert document.allocation_sentence == MODELS[model].sentence(PARAMETERS.get(model, {}))
    labels = [change.label for change in document.changes]
    assert ("Training fee" in labels) == (model != "blend")
    rendered = render_statement(statement=statement, as_of=AFTER)
    assert {file.kind for file in files_of(rendered)} == set(DocumentKind.values)


def test_the_worked_example_of_the_blend_holds_in_the_ledger(month):
    world = month("blend")
    settle(world)
    owed = payables(world)
    assert to_minor_units([owed[ref] for ref in "ABC"], CENT).tolist() == [1275, 799, 726]


def test_the_parameters_are_part_of_the_input_hash(month):
    world = month("blend")
    periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)
    run = AllocationRun.objects.get()
    snapshot = books_of(run).snapshot
    assert dict(snapshot.parameters) == PARAMETERS["blend"]
    assert snapshot.digest() == run.snapshot_sha256


def test_a_training_fee_is_owed_for_a_month_in_which_nothing_was_generated(take):
    world = worked_example(allocation_model="training_fee_per_work")
    take(world, "revenue", revenue_for("training"))
    settle(world)
    assert to_minor_units([payables(world)[ref] for ref in "ABC"], CENT).tolist() == [
        1307,
        933,
        560,
    ]


FAULTS = {
    "missing": ("blend", {}, "needs alpha_ppm"),
    "too much": ("blend", {"alpha_ppm": 1_000_001}, "from 0 to 1,000,000"),
    "a fraction": ("blend", {"alpha_ppm": 0.5}, "a whole number"),
    "a truth": ("blend", {"alpha_ppm": True}, "a whole number"),
    "in words": ("blend", {"alpha_ppm": "half"}, "a whole number"),
    "unknown": ("pro_rata", {"alpha_ppm": 1}, "takes no parameter 'alpha_ppm'"),
    "no names": ("blend", [500_000], "State the parameters by name"),
    "one of four": ("artist_centric", {"boost_factor": 2}, "needs boost_uses"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_contract_whose_parameters_are_not_the_models_is_refused(bare, case):
    model, parameters, sentence = FAULTS[case]
    with pytest.raises(ContractError, match=sentence):
        sign(
            bare.platform,
            code="other",
            service="other",
            allocation_model=model,
            model_parameters=parameters,
        )
    assert not Contract.objects.filter(code="other").exists()


def test_every_fault_of_the_parameters_has_its_sentence():
    contract = Contract(allocation_model="artist_centric", model_parameters={"extra": 1})
    with pytest.raises(ValidationError) as refused:
        contract.clean()
    assert len(refused.value.message_dict["model_parameters"]) == 5


def test_signing_again_with_other_parameters_is_refused(bare):
    terms = {"code": "b", "service": "b", "allocation_model": "blend"}
    first = sign(bare.platform, **terms, model_parameters={"alpha_ppm": 1})
    assert sign(bare.platform, **terms, model_parameters={"alpha_ppm": 1}) == first
    with pytest.raises(ContractError, match="another model_parameters"):
        sign(bare.platform, **terms, model_parameters={"alpha_ppm": 2})


@pytest.mark.parametrize("kind", ["subscription", "output"])
def test_a_training_contract_takes_no_other_money(take, kind):
    world = worked_example(allocation_model="training_fee_by_seconds")
    with pytest.raises(IntakeRefused, match="takes training revenue"):
        take(world, "revenue", revenue_for(kind))


def test_what_is_owed_names_the_rule_with_its_figures(month, capsys):
    world = month("blend")
    periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)
    for more in ((), ("--party", "A")):
        call_command("owed", world.contract.code, "2026-10-01", *more)
        assert "blend alpha_ppm=500000: Of 50 % of the pool" in capsys.readouterr().out
