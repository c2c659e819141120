"""Two people decide at once, on two real connections: whatever comes first, nothing is lost."""

from catalog.claims.models import Claim, Conflict, Event
from catalog.claims.services.deciding import accept
from catalog.claims.services.filing import withdraw
from catalog.claims.services.seeing import see
from catalog.models import Share
from common.jobs.registry import ignore_progress
from tests.claims.conftest import SINCE, staged
from tests.royalty.test_ledger_at_commit import in_threads


def test_of_two_claims_that_each_fit_alone_one_is_accepted_and_one_contested(
    committed_db, monkeypatch
):
    cast = staged(monkeypatch)
    cast.own("A", 60)
    claims = [cast.claim("B", 40), cast.claim("C", 40)]
    results = in_threads(*(lambda claim=claim: accept(claim, cast.steward) for claim in claims))
    assert sorted(result.status for result in results) == ["accepted", "contested"]
    assert Conflict.objects.filter(settled_at=None).count() == 1
    assert cast.parts(SINCE) == {"A": 60, "B": 40, "C": 40}


def test_what_is_accepted_and_withdrawn_at_once_is_one_of_the_two(committed_db, monkeypatch):
    cast = staged(monkeypatch)
    claim = cast.claim("B", 40)
    results = in_threads(
        lambda: accept(claim, cast.steward), lambda: withdraw(claim, cast.actors["B"])
    )
    assert sorted(type(result).__name__ for result in results) == ["Claim", "ClaimError"]
    status = Claim.objects.get().status
    assert Share.objects.count() == (status == "accepted")
    assert set(Event.objects.values_list("kind", flat=True)) == {"filed", status}


def test_of_workers_that_see_at_once_that_too_much_is_claimed_one_opens_the_conflict(
    committed_db, monkeypatch
):
    cast = staged(monkeypatch)
    cast.own("A", 60)
    cast.own("B", 50)
    seen = in_threads(*[lambda: see(None, ignore_progress)] * 3)
    assert sorted(seen) == [(0, 0, 0), (0, 0, 0), (1, 0, 0)]
    assert Event.objects.filter(conflict=Conflict.objects.get()).count() == 1
