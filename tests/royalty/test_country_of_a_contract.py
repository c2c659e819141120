"""A licence is granted somewhere: who owns what there is paid, and nobody twice."""

import pytest

from catalog.models import Share
from royalty.models import Contract
from royalty.selectors.snapshots import build_snapshot
from royalty.services import intake
from royalty.services.contracts import ContractError, Terms, sign_contract
from tests.royalty.cast import STARTS, World, ndjson, own, usage_lines, worked_example

pytestmark = pytest.mark.django_db


def owners_of_t1(world: World, tmp_path) -> dict[str, int]:
    """Who is paid for T1 after its publisher gave Germany to a sub-publisher."""
    work = world.tracks["T1"].work
    Share.objects.filter(work=work).delete()
    own(world, work, "A", 500_000)
    own(world, work, "B", 500_000, role="publisher", territory="WW-DE")
    own(world, work, "C", 500_000, role="sub_publisher", territory="DE")
    uses = ndjson(tmp_path / "uses.ndjson", usage_lines())
    intake.take_usage(platform=world.platform, source=uses, name=uses.name)
    snapshot = build_snapshot(world.period).snapshot
    track = snapshot.track_ids.index("T1")
    held = slice(snapshot.owner_indptr[track], snapshot.owner_indptr[track + 1])
    return {
        snapshot.party_ids[party]: int(ppm)
        for party, ppm in zip(snapshot.owner_party[held], snapshot.owner_ppm[held], strict=True)
    }


@pytest.mark.parametrize(
    ("country", "publisher"), [("DE", "C"), ("AT", "B"), ("", "B")], ids=["DE", "AT", "anywhere"]
)
def test_the_owners_of_the_contracts_country_are_paid(tmp_path, country, publisher):
    world = worked_example(country=country)
    assert owners_of_t1(world, tmp_path) == {"A": 500_000, publisher: 500_000}


def test_a_country_that_is_none_is_not_agreed(db):
    world = worked_example()
    terms = {
        "allocation_model": "pro_rata",
        "commission_ppm": 0,
        "fallback": "held",
        "idle_subscribers": "pool",
    }
    for country, says in (("ZZ", "ZZ is no country of ISO 3166-1"), ("de", "two letters")):
        with pytest.raises(ContractError, match=says):
            sign_contract(
                platform=world.platform,
                code="other",
                name="Other",
                terms=Terms(service="other", country=country, **terms),
                valid_from=STARTS,
            )
    assert not Contract.objects.filter(service="other").exists()
