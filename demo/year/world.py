"""Who and what the year is about: platform, contracts, people, and the cast of its story."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from accounts.models import User
from attribution.models import Attribution
from catalog.models import Party, Platform, Share, Track, Work
from demo.accounting import ACCOUNTANT, REVIEWER, contract_of, person
from demo.economy import Service
from demo.payees import Agreed, exchange_addresses, settle_in
from demo.year.plan import Calendar
from royalty.models import Contract

VAT_PPM = 190_000


@dataclass(frozen=True)
class Cast:
    """To whom and to what things happen, chosen by what is attributed to them."""

    hit: Work  # earns most, and is sold
    disputed: Work  # earns nearly as much, and two claim more than all of it
    advanced: Party  # gets an advance
    unlucky: Party  # has a wrong account at its bank
    taxed: Party  # lives abroad, and has a document that lapses
    buyer: Party  # buys the hit
    rival: Party  # claims the disputed work


@dataclass(frozen=True)
class World:
    """Everything that the year acts upon."""

    calendar: Calendar
    platform: Platform
    services: tuple[Service, ...]
    contracts: tuple[Contract, ...]
    pieces: tuple[str, ...]
    accountant: User
    reviewer: User
    cast: Cast
    folder: Path  # files that come and go
    seed: int


def furnish(
    platform: Platform,
    pieces: Sequence[str],
    services: Sequence[Service],
    *,
    calendar: Calendar,
    folder: Path,
    seed: int,
) -> World:
    """Sign the contracts, agree terms with every party, and choose the cast."""
    since = calendar.begins_on
    accountant, reviewer = person(ACCOUNTANT, "Ada"), person(REVIEWER, "Ben")
    world = World(
        calendar=calendar,
        platform=platform,
        services=tuple(services),
        contracts=tuple(
            contract_of(platform, each, since, pays_before_collection=False, vat_ppm=VAT_PPM)
            for each in services
        ),
        pieces=tuple(pieces),
        accountant=accountant,
        reviewer=reviewer,
        cast=_cast(),
        folder=folder,
        seed=seed,
    )
    exchange_addresses(platform, accountant)
    settle_in([world.cast.advanced], Agreed(since, crosses_contracts=True), accountant)
    settle_in(Party.objects.order_by("ref"), Agreed(since), accountant)
    return world


def _contract(platform: Platform, service: Service, since: date) -> Contract:
    """Payees are paid with what was collected; the platform is in the same country."""
    return contract_of(platform, service, since, pays_before_collection=False, vat_ppm=VAT_PPM)


def _newcomer(ref: str, name: str) -> Party:
    party, _ = Party.objects.get_or_create(ref=ref, defaults={"name": name})
    return party


def _cast() -> Cast:
    works, parties = _attributed()
    advanced, unlucky, taxed = (Party.objects.get(pk=pk) for pk in parties[:3])
    return Cast(
        hit=Work.objects.get(pk=works[0]),
        disputed=Work.objects.get(pk=works[1]),
        advanced=advanced,
        unlucky=unlucky,
        taxed=taxed,
        buyer=_newcomer("name:meridian-songs", "Meridian Songs (example)"),
        rival=_newcomer("name:halcyon-music", "Halcyon Music (example)"),
    )


def _attributed() -> tuple[list[int], list[int]]:
    """Works and parties by the part of all pieces that is theirs, the largest first."""
    tracks: Counter[int] = Counter()
    for row in Attribution.objects.order_by("pk"):
        tracks.update(dict(zip(row.track_ids, row.share_ppb, strict=True)))
    work_of = dict(Track.objects.filter(pk__in=tracks).values_list("pk", "work_id"))
    works: Counter[int] = Counter()
    for track, ppb in tracks.items():
        works[work_of[track]] += ppb
    parties: Counter[int] = Counter()
    for work, party, ppm in Share.objects.filter(work__in=works).values_list(
        "work_id", "party_id", "share_ppm"
    ):
        parties[party] += works[work] * ppm
    return _ranked(works), _ranked(parties)


def _ranked(weights: Counter[int]) -> list[int]:
    return sorted(weights, key=lambda key: (-weights[key], key))
