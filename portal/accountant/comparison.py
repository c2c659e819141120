"""The same period under several allocation models: who would gain, who would lose.

Every model shares the same pool, so each column adds up to it to the atom. Nothing is posted.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from catalog.models import Party
from portal.access import OperatorRequest, for_operators
from royalty.apportionment import (
    MODELS,
    Candidate,
    Outcome,
    SnapshotError,
    applicable,
    compare,
    customary,
)
from royalty.models import Contract, Period
from royalty.selectors.runs import (
    Derivation,
    NoRunError,
    current_run,
    derivation_of,
    read_snapshot,
)

ROWS_A_PAGE = 50
USUAL = ("pro_rata", "user_centric", "per_output")


@dataclass(frozen=True)
class Column:
    """A model beside the contract's own; amounts in atoms."""

    name: str
    sentence: str
    to_parties_atoms: int
    to_nobody_atoms: int
    gain_count: int
    lose_count: int

    @property
    def total_atoms(self) -> int:
        return self.to_parties_atoms + self.to_nobody_atoms


@for_operators
def comparison(request: OperatorRequest, pk: int) -> HttpResponse:
    """A computed period of a contract, the last one unless another is named."""
    contract = get_object_or_404(Contract.objects.select_related("platform"), pk=pk)
    periods = list(
        contract.periods.exclude(status=Period.Status.OPEN)
        .select_related("contract")
        .order_by("-starts_on")
    )
    asked = request.GET.get("period", "")
    period = next((each for each in periods if str(each.pk) == asked), next(iter(periods), None))
    context = {
        "contract": contract,
        "periods": periods,
        "period": period,
        "money": contract.money,
    }
    if period is None:
        return render(request, "portal/accountant/comparison.html", context)
    try:
        compared = compared_of(period)
    except (NoRunError, SnapshotError) as error:
        return render(request, "portal/accountant/comparison.html", context | {"fault": str(error)})
    page = Paginator(compared.order, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "portal/accountant/comparison.html",
        context
        | {
            "columns": [_column(each) for each in compared.outcomes],
            "absent": compared.absent,
            "page": page,
            "rows": _rows(compared, list(page)),
        },
    )


@dataclass(frozen=True, eq=False)
class Compared:
    """The outcomes, the contract's own first, and the parties, the biggest change first."""

    outcomes: tuple[Outcome, ...]
    absent: tuple[str, ...]  # models that cannot share this kind of money
    parties: tuple[str, ...]  # refs
    order: tuple[int, ...]  # positions of those who earn by any model


def compared_of(period: Period) -> Compared:
    """A computed period under the contract's model and the usual ones.

    Raises:
        NoRunError: it is not computed.
        SnapshotError: its snapshot is missing or altered.
    """
    contract = period.contract
    stated = tuple(sorted(contract.model_parameters.items()))
    return _compared(derivation_of(current_run(period)), stated, contract.money.atoms_per_minor)


@lru_cache(maxsize=4)  # all that the outcomes follow from is in the arguments
def _compared(
    source: Derivation, stated: tuple[tuple[str, int], ...], notice_atoms: int
) -> Compared:
    snapshot = read_snapshot(source.snapshot_name, source.snapshot_sha256)
    possible = applicable(snapshot)
    others = [name for name in USUAL if name in possible and name != source.allocation_model]
    candidates = [Candidate(source.allocation_model, dict(stated)), *map(customary, others)]
    outcomes = compare(snapshot, candidates, source.pool_atoms, source.rules, notice_atoms)
    change = np.max([abs(each.change_atoms) for each in outcomes], axis=0)
    earning = np.flatnonzero(np.any([each.atoms != 0 for each in outcomes], axis=0)).tolist()
    return Compared(
        outcomes=tuple(outcomes),
        absent=tuple(name for name in USUAL if name not in possible),
        parties=snapshot.party_ids,
        order=tuple(sorted(earning, key=lambda at: (-int(change[at]), at))),
    )


def _column(outcome: Outcome) -> Column:
    model = outcome.candidate
    return Column(
        name=str(model).replace("_", " "),
        sentence=_sentence(model),
        to_parties_atoms=int(outcome.atoms.sum()),
        to_nobody_atoms=outcome.to_nobody_atoms,
        gain_count=outcome.gain_count,
        lose_count=outcome.lose_count,
    )


def _sentence(candidate: Candidate) -> str:
    return MODELS[candidate.model].sentence(candidate.parameters)


Row = tuple[str, int, list[tuple[int, int, str]]]


def _rows(compared: Compared, positions: list[int]) -> list[Row]:
    """(name, atoms by the contract's model, [(atoms, change, model) by each other]) of parties."""
    refs = [compared.parties[at] for at in positions]
    names = dict(Party.objects.filter(ref__in=refs).values_list("ref", "name"))
    own, *others = compared.outcomes
    models = [_column(each).name for each in others]
    return [
        (
            names.get(ref, ref),
            int(own.atoms[at]),
            [
                (int(each.atoms[at]), int(each.change_atoms[at]), model)
                for each, model in zip(others, models, strict=True)
            ],
        )
        for ref, at in zip(refs, positions, strict=True)
    ]
