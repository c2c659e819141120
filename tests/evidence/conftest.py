"""Two worlds: a small trained one, whose segments are real, and a settled month to look at.

The month is the worked example's. Ida looks after party C, whose track T3 shaped the piece G3; Otto
looks after party B. A part of G4 is unattributed and shared by the fallback.
"""

from dataclasses import dataclass

import pytest
from django.test import Client

from accounts.models import Membership, Organisation, User
from attribution.models import Attribution, FeatureStore
from attribution.selectors.rolls import Roll, roll_bytes, roll_name
from catalog.models import Asset, Representation
from common.storage import put
from royalty.apportionment import LineKind
from royalty.models import Statement
from royalty.selectors.runs import books_of
from royalty.services import intake
from tests.attribution.conftest import built_world, module_broker, world  # noqa: F401 fixtures
from tests.royalty.cast import (
    World,
    ndjson,
    revenue_lines,
    settle,
    show,
    usage_lines,
    worked_example,
)

PAIRS = [[0, 1, 9.1], [2, 0, 7.5], [1, 1, 6.0]]


@dataclass(frozen=True)
class Month:
    """A settled month, and the people who look at it."""

    world: World
    ida: Client
    otto: Client
    statement: Statement  # Ida's
    row: int  # the line of T3 in G3
    fallback_row: int

    @property
    def url(self) -> str:
        return url(self.statement, self.row)

    @property
    def store(self) -> FeatureStore:
        return self.world.run.feature_store

    @property
    def assets(self) -> list[Asset]:
        """The files of the piece and of the track."""
        return [self.world.generations["G3"].asset, self.world.tracks["T3"].asset]


def url(statement: Statement, row: int) -> str:
    return f"/statements/{statement.pk}/lines/{row}/evidence/"


def scale(n_notes: int = 24, per_segment: int = 8) -> Roll:
    """A scale upwards, two notes a second."""
    return Roll(
        onset_ms=tuple(500 * place for place in range(n_notes)),
        duration_ms=(450,) * n_notes,
        pitch=tuple(48 + place % 36 for place in range(n_notes)),
        velocity=(80,) * n_notes,
        first_note=tuple(range(0, n_notes, per_segment)),
    )


def member_of(kind: str, name: str, *parties) -> Client:
    organisation = Organisation.objects.create(name=f"{name}'s office", kind=kind)
    for party in parties:
        Representation.objects.create(organisation=organisation, party=party)
    user = User.objects.create_user(f"{name.lower()}@example.org", name=name)
    Membership.objects.create(user=user, organisation=organisation)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def row_of(statement: Statement, kind: LineKind, piece: str | None = None) -> int:
    """The first row of a kind, of one piece if told so, that is the statement's party's."""
    books = books_of(statement.run)
    lines, snapshot = books.allocation, books.snapshot
    for row, (generation, party) in enumerate(zip(lines.generation, lines.party, strict=True)):
        is_own = party >= 0 and snapshot.party_ids[party] == statement.party.ref
        name = snapshot.generation_ids[generation] if generation >= 0 else None
        if is_own and lines.kind[row] == kind and piece in (None, name):
            return row
    raise AssertionError("There is no such line.")


@pytest.fixture
def month(db, tmp_path, broker_url) -> Month:
    """Settled; no roll is prepared yet."""
    acme = worked_example(fallback="equal_training_set")
    attributions = Attribution.objects.filter(run=acme.run)
    for piece in ("G3", "G4"):
        its = attributions.get(generation__external_id=piece)
        evidence = [PAIRS] * len(its.track_ids)
        attributions.filter(pk=its.pk).update(evidence=evidence)
    attributions.filter(generation__external_id="G4").update(
        track_ids=[acme.tracks["T1"].pk],
        share_ppb=[600_000_000],
        low_ppb=[600_000_000],
        high_ppb=[600_000_000],
        evidence=[PAIRS],
        unattributed_ppb=400_000_000,
    )
    lines = {"usage": usage_lines(), "revenue": revenue_lines()}
    for kind, take in (("usage", intake.take_usage), ("revenue", intake.take_revenue)):
        source = ndjson(tmp_path / f"{kind}.ndjson", lines[kind])
        take(platform=acme.platform, source=source, name=source.name)
    show(settle(acme), acme.ann)
    statement = Statement.objects.get(party=acme.parties["C"])
    return Month(
        world=acme,
        ida=member_of("rights_holder", "Ida", acme.parties["C"]),
        otto=member_of("rights_holder", "Otto", acme.parties["B"]),
        statement=statement,
        row=row_of(statement, LineKind.ATTRIBUTED, "G3"),
        fallback_row=row_of(statement, LineKind.FALLBACK_EQUAL),
    )


@pytest.fixture
def heard(month) -> Month:
    """The month with both rolls prepared."""
    for asset in month.assets:
        put(roll_name(asset, month.store), roll_bytes(scale()))
    return month
