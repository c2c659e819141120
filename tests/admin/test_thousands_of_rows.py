"""Pages stay cheap when tables are long: the number of queries does not grow with the rows."""

import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Asset, Consent, Party, Share, Track, Work
from common.database import tenancy
from common.jobs.models import Job
from royalty.models import Account, UsageEvent
from tests.admin.conftest import MODELS, address
from tests.royalty.cast import STARTS

MANY = 1_000
MOST_QUERIES = 26  # a page of 50 rows that asks once a row is far beyond


def queries_of(client, url: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured]


@pytest.fixture
def many(world):
    """A thousand more of what there are thousands of."""
    parties = Party.objects.bulk_create(
        Party(ref=f"p{number}", name=f"Party {number}") for number in range(MANY)
    )
    works = Work.objects.bulk_create(
        Work(ref=f"w{number}", title=f"Work {number}") for number in range(MANY)
    )
    assets = Asset.objects.bulk_create(
        Asset(
            sha256=hashlib.sha256(str(number).encode()).hexdigest(),
            storage_name=str(number),
            media_type="audio/midi",
            size_bytes=1,
            seconds=1,
        )
        for number in range(MANY)
    )
    tracks = Track.objects.bulk_create(
        Track(ref=f"t{number}", work=work, asset=asset, title=f"Track {number}")
        for number, (work, asset) in enumerate(zip(works, assets, strict=True))
    )
    Share.objects.bulk_create(
        Share(
            work=work,
            party=party,
            right="composition",
            role="composer",
            share_ppm=1_000_000,
            valid_from=STARTS,
        )
        for work, party in zip(works, parties, strict=True)
    )
    Consent.objects.bulk_create(
        Consent(track=track, right="composition", basis="CC0", valid_from=STARTS)
        for track in tracks
    )
    Account.objects.bulk_create(
        Account(kind="party_payable", contract=world.contract, party=party, currency="EUR")
        for party in parties
    )
    Job.objects.bulk_create(Job(kind="slow.work", tenant=tenancy.SYSTEM) for _ in range(MANY))
    return world


def test_a_list_asks_a_bounded_number_of_questions(operator, many):
    for model in MODELS:
        asked = queries_of(operator, address(model, "changelist"))
        assert len(asked) <= MOST_QUERIES, "\n".join([model.__name__, *asked])


def test_a_row_asks_a_bounded_number_of_questions(operator, many):
    for model in MODELS:
        row = model.objects.order_by("pk").first()
        asked = queries_of(operator, address(model, "change", row.pk))
        assert len(asked) <= MOST_QUERIES, "\n".join([model.__name__, *asked])


def test_no_form_offers_a_list_of_thousands(operator, many):
    for model in (Share, Track, Consent):
        row = model.objects.order_by("pk").first()
        page = operator.get(address(model, "change", row.pk)).content.decode()
        assert page.count("<option") < 40, model


def test_usage_is_listed_without_reading_the_whole_table(operator, many):
    assert UsageEvent.objects.exists()
    asked = queries_of(operator, address(UsageEvent, "changelist"))
    assert not [sql for sql in asked if "DATE_TRUNC" in sql or "DISTINCT" in sql]
