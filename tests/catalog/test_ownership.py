"""Who owned how much of which track on which day."""

from datetime import date

import numpy as np
import pytest

from catalog.models import Party, Right, Share, Track, Work
from catalog.selectors import described_works, ownership, parties_by_id
from catalog.territories import parse_territory

pytestmark = pytest.mark.django_db

JUNE = date(2026, 6, 1)


def owners(*refs: str, right: Right = Right.COMPOSITION, on: date = JUNE) -> dict:
    """(track ref, party name) → ppm."""
    tracks = dict(Track.objects.filter(ref__in=refs).values_list("pk", "ref"))
    owned = ownership(tracks, right=right, on=on)
    parties = parties_by_id(owned.party_ids.tolist())
    return {
        (tracks[track], parties[party].name): ppm
        for track, party, ppm in zip(
            *(column.tolist() for column in (owned.track_ids, owned.party_ids, owned.share_ppm)),
            strict=True,
        )
    }


def test_several_roles_of_one_party_are_one_share(folder):
    folder.add(1, lyricist="ada adams").add(2).bring_in()
    assert owners("t1", "t2") == {
        ("t1", "Ada Adams"): 1_000_000,
        ("t2", "Ada Adams"): 600_000,
        ("t2", "Ben Brown"): 400_000,
    }


def test_shares_hold_from_their_first_day_until_the_day_they_end(folder):
    folder.add(1).bring_in()
    folder.rows[0]["lyricist"] = "Cy Clark"
    folder.bring_in(as_of=JUNE)
    assert owners("t1", on=date(2025, 12, 31)) == {}
    assert ("t1", "Ben Brown") in owners("t1", on=date(2026, 1, 1))
    assert ("t1", "Ben Brown") in owners("t1", on=date(2026, 5, 31))
    assert ("t1", "Cy Clark") not in owners("t1", on=date(2026, 5, 31))
    assert owners("t1", on=JUNE) == {("t1", "Ada Adams"): 600_000, ("t1", "Cy Clark"): 400_000}


def test_the_recording_is_owned_apart_from_the_composition(folder):
    folder.add(1, performer="Ada Adams", performer_share_pct="30").add(2).bring_in()
    assert owners("t1", "t2", right=Right.RECORDING) == {("t1", "Ada Adams"): 300_000}


def test_holdings_are_sorted_and_of_the_tracks_asked_for(folder):
    folder.add(*range(1, 6)).bring_in()
    keys = list(Track.objects.filter(ref__in=["t2", "t4"]).values_list("pk", flat=True))
    owned = ownership(reversed(keys), right=Right.COMPOSITION, on=JUNE)
    assert set(owned.track_ids.tolist()) == set(keys)
    order = np.lexsort((owned.party_ids, owned.track_ids))
    assert order.tolist() == [0, 1, 2, 3]
    assert owned.share_ppm.dtype == np.int64


def test_nothing_asked_is_nothing_owned(folder):
    folder.add(1).bring_in()
    owned = ownership([], right=Right.COMPOSITION, on=JUNE)
    assert owned.track_ids.shape == owned.party_ids.shape == owned.share_ppm.shape == (0,)


def test_parties_by_key(folder):
    folder.add(1).bring_in()
    party = Party.objects.get(name="Ben Brown")
    assert parties_by_id([party.pk, 10**9]) == {party.pk: party}


@pytest.mark.parametrize(
    ("territories", "most_ppm"),
    [("WW-DE DE", 500_000), ("DE", 500_000), ("WW DE", 1_000_000), ("", 0)],
)
def test_what_somebody_has_of_a_work_is_not_added_up_over_countries(db, territories, most_ppm):
    work = Work.objects.create(ref="song", title="Song")
    roles = ("publisher", "sub_publisher")
    party = Party.objects.create(ref="P", name="Publisher")
    for role, territory in zip(roles, territories.split(), strict=False):
        Share.objects.create(
            work=work,
            party=party,
            right=Right.COMPOSITION,
            role=role,
            share_ppm=500_000,
            territory=parse_territory(territory),
            valid_from=JUNE,
        )
    (own,) = described_works([work.pk], on=JUNE)
    assert own.part_ppm([party]) == most_ppm
