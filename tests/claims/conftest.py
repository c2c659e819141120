"""A song of A's and B's, people who act for them, for C and for D, and the operator's steward."""

from dataclasses import dataclass
from datetime import date

import pytest

from accounts.models import Membership, Organisation, User
from catalog.claims.models import Claim
from catalog.claims.services.actors import Actor
from catalog.claims.services.attachments import Sent
from catalog.claims.services.filing import Draft, file_claim
from catalog.models import Party, Representation, Right, Role, Share, Work
from catalog.territories import WORLD, Territory
from common.jobs import dispatch

SINCE = date(2026, 1, 1)
PDF = Sent("contract.pdf", b"%PDF-1.7 signed")
KINDS = Organisation.Kind


@dataclass(frozen=True)
class Cast:
    """Parties by letter, and who acts for them."""

    song: Work
    parties: dict[str, Party]
    actors: dict[str, Actor]
    steward: Actor

    def own(self, letter: str, percent: float, since: date = SINCE, **more: object) -> Share:
        values = {"work": self.song, "right": Right.COMPOSITION, "role": Role.COMPOSER} | more
        return Share.objects.create(
            party=self.parties[letter],
            share_ppm=round(percent * 10_000),
            valid_from=since,
            **values,
        )

    def draft(self, letter: str, percent: float, **changes: object) -> Draft:
        values = {
            "subject": self.song,
            "party": self.parties[letter],
            "role": Role.COMPOSER,
            "share_ppm": round(percent * 10_000),
            "territory": WORLD,
            "valid_from": SINCE,
            "valid_until": None,
            "basis": "I wrote it, as the contract says.",
        }
        return Draft(**(values | changes))

    def claim(self, letter: str, percent: float, **changes: object) -> Claim:
        return file_claim(self.draft(letter, percent, **changes), self.actors[letter], [PDF])

    def parts(self, on: date | None = None) -> dict[str, int]:
        """Percents of the song by party, of the shares that are there (on a day)."""
        shares = Share.objects.filter(work=self.song).select_related("party")
        return {
            each.party.ref: each.share_ppm // 10_000
            for each in shares
            if on is None
            or (each.valid_from <= on and (each.valid_until is None or on < each.valid_until))
        }


def actor(name: str, kind: str, *parties: Party) -> Actor:
    organisation = Organisation.objects.create(name=name, kind=kind)
    user = User.objects.create_user(f"{name.lower()}@example.org", "a long password", name=name)
    Membership.objects.create(user=user, organisation=organisation)
    for party in parties:
        Representation.objects.create(organisation=organisation, party=party)
    return Actor(user, None if kind == KINDS.OPERATOR else organisation)


@pytest.fixture
def cast(db, monkeypatch) -> Cast:
    return staged(monkeypatch)


def staged(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)
    parties = {each: Party.objects.create(ref=each, name=f"Party {each}") for each in "ABCD"}
    names = {"A": "Ada", "B": "Bea", "C": "Cai", "D": "Dora"}
    return Cast(
        song=Work.objects.create(ref="song", title="A song"),
        parties=parties,
        actors={
            letter: actor(names[letter], KINDS.RIGHTS_HOLDER, party)
            for letter, party in parties.items()
        },
        steward=actor("Oda", KINDS.OPERATOR),
    )


def germany() -> Territory:
    return Territory(only=frozenset({"DE"}))
