"""Which pages are asked for, as whom, and where each is found in the benchmark's world."""

from dataclasses import dataclass

from attribution.models import Generation
from benchmarks.portal.world import World
from catalog.models import Track
from royalty.models import Account, AccountKind, Journal
from royalty.selectors.statement_lines import lines_of

EMPTY = "an empty page"  # the baseline: middleware, session, person and a page without figures


@dataclass(frozen=True)
class Page:
    """A page that one of the people asks for."""

    name: str
    person: str
    path: str


def pages_of(world: World) -> list[Page]:
    """Every kind of page, the empty one first."""
    return [
        Page(EMPTY, "operator", "/security/"),
        *_for("operator", _operators(world)),
        *_for("operator", _engineers(world)),
        *_for("platform", _platforms(world)),
        *_for("rights_holder", _holders(world)),
    ]


def _for(person: str, paths: dict[str, str]) -> list[Page]:
    return [
        Page(f"{person.replace('_', ' ')}: {name}", person, path) for name, path in paths.items()
    ]


def _operators(world: World) -> dict[str, str]:
    of, november = world.of, world.november
    closed, reviewed = f"/close/{of.period.pk}/", f"/close/{november.pk}/"
    payable = Account.objects.filter(kind=AccountKind.PARTY_PAYABLE).earliest("pk")
    journal = Journal.objects.latest("posted_on", "pk")
    return {
        "home": "/",
        "periods": "/close/",
        "a reviewed period's check-list": reviewed,
        "a closed period's check-list": closed,
        "before closing": f"{reviewed}step/close/",
        "before opening again": f"{reviewed}step/reopen/",
        "difference by party": f"{reviewed}difference/",
        "difference by track": f"{reviewed}difference/?by=track",
        "difference by contract": f"{reviewed}difference/?by=contract",
        "exceptions": "/exceptions/",
        "payouts": "/payouts/",
        "who is not paid": "/payouts/unpaid/?currency=EUR",
        "ledger": "/ledger/",
        "ledger, a word": "/ledger/?q=allocation",
        "a journal": f"/ledger/journals/{journal.pk}/",
        "an account": f"/ledger/accounts/{payable.pk}/",
        "trial balance": "/ledger/trial-balance/",
        "contracts": "/contracts/",
        "a contract": f"/contracts/{of.contract.pk}/",
        "comparison of models": f"/contracts/{of.contract.pk}/comparison/",
    }


def _engineers(world: World) -> dict[str, str]:
    first, second = (run.pk for run in world.runs)
    return {
        "models": "/engineer/",
        "a model": f"/engineer/models/{world.of.version.pk}/",
        "training set": f"/engineer/models/{world.of.version.pk}/training-set/",
        "runs": "/engineer/runs/",
        "a run": f"/engineer/runs/{first}/",
        "two runs": f"/engineer/compare/?first={first}&second={second}",
    }


def _platforms(world: World) -> dict[str, str]:
    piece = Generation.objects.latest("pk")
    return {
        "home": "/",
        "generations": "/generations/",
        "generations, attributed": "/generations/?status=attributed",
        "generations, queued": "/generations/?status=queued",
        "generations, failed": "/generations/?status=failed",
        "generations, by name": "/generations/?id=G00077",
        "a generation": f"/generations/{piece.pk}/",
        "usage": "/usage/",
        "account": "/account/",
        "a period's account": f"/account/periods/{world.of.period.pk}/",
        "requests": "/requests/",
    }


def _holders(world: World) -> dict[str, str]:
    own = f"/statements/{world.largest.pk}/"
    row = lines_of(world.largest)[0].row
    work = Track.objects.filter(work__shares__party=world.largest.party).earliest("pk").work_id
    return {
        "home": "/",
        "statements": "/statements/",
        "a statement with its lines": own,
        "its hundredth page": f"{own}?page=100",
        "the statement by piece": f"{own}?order=piece",
        "the statement by work": f"{own}?order=work",
        "a line": f"{own}lines/{row}/",
        "works": "/works/",
        "a work": f"/works/{work}/",
        "balance": "/balance/",
        "disputes": "/disputes/",
        "notices": "/notices/",
    }
