"""A period's snapshot: everything that its apportionment depends on, frozen.

Built from the events of the period, the last finished attribution of each generation, the
training sets of the models that generated, and the ownership on the period's last day. A training
fee, and a guarantee where nothing was generated, is owed for all training sets that the platform
had frozen by then. A track that was merged into another is that one: what was attributed to both
is the survivor's, and of a training set the two are one member.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.db.models import Max
from django.db.models.functions import Coalesce

from catalog.models import Track, TrainingRole, TrainingSet, TrainingSetTrack
from catalog.selectors import ownership, parties_by_id, survivors
from royalty.apportionment import WHOLE_PPM, IntArray, Snapshot, csr_from_triples
from royalty.apportionment.arrays import BoolArray
from royalty.models import Contract, Period, RevenueKind
from royalty.selectors.facts import PeriodFacts, PieceShares, midnight, read_facts
from royalty.selectors.screening import Screened
from royalty.selectors.unverified import held_pieces


@dataclass(frozen=True)
class BuiltSnapshot:
    """A snapshot, where its shares come from, and which generations have none.

    `vetoes` says of those of them that were attributed why their attribution must not be paid by,
    `unverified` gives the standing of features because of which all that a piece earns is held.
    """

    snapshot: Snapshot
    attribution_runs: tuple[str, ...]
    without_attribution: tuple[str, ...]
    vetoes: dict[str, tuple[str, ...]]
    unverified: dict[str, str]
    training_fee_atoms: int
    last_intake_file: int
    screened: Screened

    @property
    def use_count(self) -> int:
        return int(self.snapshot.usage_count.sum())

    @property
    def gross_atoms(self) -> int:
        fees = self.snapshot.subscriber_fee_atoms.sum() + self.snapshot.generation_fee_atoms.sum()
        return int(fees) + self.training_fee_atoms


def build_snapshot(period: Period) -> BuiltSnapshot:
    """Build a period's snapshot from the database as it is now; needs a transaction.

    Raises:
        SnapshotError: the facts contradict each other, as shares of a piece above one do.
    """
    facts = read_facts(period)
    held = held_pieces(facts, period.contract)
    survivor = survivors()
    paid = [
        _of_survivors(piece, survivor) for piece in facts.attributions if piece.position not in held
    ]
    members = _training_tracks(_model_versions(facts, period))
    training = {survivor.get(track_id, track_id) for track_id in members}
    track_ids = training.union(*(piece.track_ids for piece in paid))
    refs = dict(Track.objects.filter(pk__in=track_ids).values_list("pk", "ref"))
    in_order = sorted(track_ids, key=refs.__getitem__)
    position = {track_id: index for index, track_id in enumerate(in_order)}
    share_indptr, share_track, share_ppb = _shares(paid, position, len(facts.generation_ids))
    parties, (owner_indptr, owner_party, owner_ppm) = _owners(position, period)
    snapshot = Snapshot(
        generation_ids=facts.generation_ids,
        track_ids=tuple(refs[track_id] for track_id in in_order),
        party_ids=parties,
        training_track=np.array([track_id in training for track_id in in_order], dtype=np.bool_),
        subscriber_fee_atoms=facts.subscriber_fee_atoms,
        usage_subscriber=facts.usage[:, 0],
        usage_generation=facts.usage[:, 1],
        usage_count=facts.usage[:, 2],
        generation_fee_atoms=facts.generation_fee_atoms,
        share_indptr=share_indptr,
        share_track=share_track,
        share_ppb=share_ppb,
        owner_indptr=owner_indptr,
        owner_party=owner_party,
        owner_ppm=owner_ppm,
        parameters=tuple(period.contract.model_parameters.items()),
        right_ppm=right_ppm(period.contract),
        unverified_generation=_marks(held, len(facts.generation_ids)),
        **_track_facts(in_order, period),
    )
    snapshot.validate()
    return BuiltSnapshot(
        snapshot=snapshot,
        attribution_runs=tuple(sorted({piece.run_id for piece in paid})),
        without_attribution=_without_attribution(facts, held),
        vetoes={facts.generation_ids[at]: reasons for at, reasons in facts.vetoes.items()},
        unverified={facts.generation_ids[at]: standing for at, standing in held.items()},
        training_fee_atoms=facts.training_fee_atoms,
        last_intake_file=facts.last_intake_file,
        screened=facts.screened,
    )


def _of_survivors(piece: PieceShares, survivor: Mapping[int, int]) -> PieceShares:
    """A piece's shares, with those of merged tracks added to the tracks that they are."""
    if survivor.keys().isdisjoint(piece.track_ids):
        return piece
    shares: dict[int, int] = {}
    for track_id, share_ppb in zip(piece.track_ids, piece.share_ppb, strict=True):
        canonical = survivor.get(track_id, track_id)
        shares[canonical] = shares.get(canonical, 0) + share_ppb
    return replace(piece, track_ids=list(shares), share_ppb=list(shares.values()))


def _model_versions(facts: PeriodFacts, period: Period) -> Collection[int]:
    """The models whose training sets count: those that generated, or all that are paid for."""
    contract = period.contract
    is_owed_anyway = contract.guarantee_minor and not facts.model_version_ids
    if contract.revenue_kind != RevenueKind.TRAINING and not is_owed_anyway:
        return facts.model_version_ids
    frozen = TrainingSet.objects.filter(
        model_version__platform=contract.platform_id, frozen_at__lt=midnight(period.ends_on)
    )
    return set(frozen.values_list("model_version_id", flat=True))


def _track_facts(in_order: list[int], period: Period) -> dict[str, IntArray]:
    """What only a training fee is shared by: works numbered by their refs, and lengths.  (T,)

    A merged work is the one that it is; a survivor without a file is as long as what was merged
    into it.
    """
    if period.contract.revenue_kind != RevenueKind.TRAINING:
        return {}
    rows = Track.objects.filter(pk__in=in_order).values_list(
        "pk",
        Coalesce("work__merged_into__ref", "work__ref"),
        Coalesce("asset__seconds", Max("merged__asset__seconds")),
    )
    known = {pk: (work, seconds) for pk, work, seconds in rows}
    works = sorted({work for work, _ in known.values()})
    number = {work: at for at, work in enumerate(works)}
    lengths = [round(known[pk][1] * 1_000) for pk in in_order]
    return {
        "track_work": np.array([number[known[pk][0]] for pk in in_order], dtype=np.int64),
        "track_milliseconds": np.array(lengths, dtype=np.int64),
    }


def _training_tracks(model_version_ids: Collection[int]) -> set[int]:
    """Tracks that the models which generated were trained on; controls are not among them."""
    return set(
        TrainingSetTrack.objects.filter(
            role=TrainingRole.TRAIN, training_set__model_version__in=model_version_ids
        ).values_list("track_id", flat=True)
    )


def _marks(held: Collection[int], n_pieces: int) -> BoolArray:
    """Which pieces are held, (G,); empty if none is, so that most snapshots know nothing of it."""
    marks = np.zeros(n_pieces if held else 0, dtype=np.bool_)
    marks[list(held)] = True
    return marks


def _shares(
    pieces: Sequence[PieceShares], position: dict[int, int], n_pieces: int
) -> tuple[IntArray, IntArray, IntArray]:
    """CSR over generations: (indptr, track, ppb)."""
    rows = [piece.position for piece in pieces for _ in piece.track_ids]
    columns = [position[track_id] for piece in pieces for track_id in piece.track_ids]
    values = [share for piece in pieces for share in piece.share_ppb]
    return csr_from_triples(rows, columns, values, n_pieces)


def _owners(
    position: dict[int, int], period: Period
) -> tuple[tuple[str, ...], tuple[IntArray, IntArray, IntArray]]:
    """Parties in order, and CSR over the rights of tracks: (indptr, party, ppm).

    What a party claims in several roles counts together, and as the whole at most.
    """
    rights, country = period.contract.rights, period.contract.owned_in
    owned = [
        ownership(position, right=right, on=period.last_day, country=country) for right in rights
    ]
    parties = parties_by_id({pk for each in owned for pk in each.party_ids.tolist()})
    refs = {pk: party.ref for pk, party in parties.items()}
    column = {pk: index for index, pk in enumerate(sorted(refs, key=refs.__getitem__))}
    owners = csr_from_triples(
        [
            position[track] * len(rights) + at
            for at, each in enumerate(owned)
            for track in each.track_ids.tolist()
        ],
        [column[party] for each in owned for party in each.party_ids.tolist()],
        np.minimum(np.concatenate([each.share_ppm for each in owned]), WHOLE_PPM),
        len(position) * len(rights),
    )
    return tuple(sorted(refs.values())), owners


def right_ppm(contract: Contract) -> IntArray:
    """How a track's money is split between two rights; empty where one is paid."""
    parts = list(contract.right_ppm.values())
    return np.array(parts if len(parts) > 1 else [], dtype=np.int64)


def _without_attribution(facts: PeriodFacts, held: Collection[int]) -> tuple[str, ...]:
    known = {piece.position for piece in facts.attributions}.union(held)
    return tuple(
        name for position, name in enumerate(facts.generation_ids) if position not in known
    )
