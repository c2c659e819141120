"""Two become one and are taken apart again: what is refused, in which order, and at once."""

from datetime import date

import pytest

from catalog.duplicates.models import Candidate, Merge
from catalog.duplicates.services import deciding
from catalog.duplicates.services.deciding import DecisionRefused
from catalog.duplicates.services.merging import MergeRefused, RightsDiffer, merge, unmerge
from catalog.models import Party, Share, Track, Work

pytestmark = pytest.mark.django_db
SINCE = date(2020, 1, 1)


@pytest.fixture
def abc(shelf) -> list[Track]:
    return [shelf.add(ref, isrc=f"GBAYE680001{at}") for at, ref in enumerate("abc")]


def pointers() -> dict[str, str | None]:
    return dict(Track.objects.values_list("ref", "merged_into__ref"))


def own(work: Work, party: Party, share_ppm: int) -> None:
    Share.objects.create(
        work=work,
        party=party,
        right="composition",
        role="composer",
        share_ppm=share_ppm,
        valid_from=SINCE,
    )


def test_a_chain_of_merges_is_one_step_long_and_comes_apart_in_order(abc, olga):
    a, b, c = abc
    first = merge(b, c, by=olga, reason="one song")
    second = merge(a, b, by=olga, reason="one song")
    assert pointers() == {"a": None, "b": "a", "c": "a"}
    with pytest.raises(MergeRefused, match="“Song b” was merged into “Song a” later"):
        unmerge(first, by=olga, reason="not one")
    unmerge(second, by=olga, reason="not one")
    assert pointers() == {"a": None, "b": None, "c": "b"}
    unmerge(first, by=olga, reason="not one")
    assert pointers() == dict.fromkeys("abc")
    with pytest.raises(MergeRefused, match="was undone on"):
        unmerge(first, by=olga, reason="again")


def test_of_two_merges_in_opposite_directions_one_wins(abc, olga):
    a, b, _ = abc
    merge(a, b, by=olga, reason="one song")
    with pytest.raises(MergeRefused, match="merged into “Song a” already"):
        merge(b, a, by=olga, reason="one song")
    assert Merge.objects.count() == 1


def test_nothing_is_merged_into_itself_nor_without_a_reason(abc, olga):
    a, b, _ = abc
    with pytest.raises(MergeRefused, match="itself"):
        merge(a, a, by=olga, reason="one song")
    with pytest.raises(MergeRefused, match="Say why"):
        merge(a, b, by=olga, reason=" ")
    assert not Merge.objects.exists()


def test_shares_that_differ_must_be_seen(abc, shelf, olga):
    a, b, _ = abc
    zoe = Party.objects.create(ref="zoe", name="Zoe")
    own(a.work, shelf.composer, 1_000_000)
    own(b.work, zoe, 1_000_000)
    with pytest.raises(RightsDiffer, match="Only those of “Song a” would count"):
        merge(a, b, by=olga, reason="one song")
    with pytest.raises(RightsDiffer):
        merge(a.work, b.work, by=olga, reason="one song")
    assert pointers()["b"] is None
    merge(a, b, by=olga, reason="one song", survivors_shares_count=True)
    assert pointers()["b"] == "a"


def test_shares_that_are_the_same_need_no_more_words(abc, shelf, olga):
    a, b, _ = abc
    alias = Party.objects.create(ref="alias", name="A. Adams")
    own(a.work, shelf.composer, 500_000)
    own(b.work, alias, 500_000)
    merge(shelf.composer, alias, by=olga, reason="a pseudonym")
    merge(a, b, by=olga, reason="one song")
    assert pointers()["b"] == "a"


def test_an_identifier_that_was_given_away_meanwhile_stops_the_undoing(abc, olga):
    a, b, c = abc
    made = merge(a, b, by=olga, reason="one song")
    Track.objects.filter(pk=c.pk).update(isrc=b.isrc)
    with pytest.raises(MergeRefused, match="has an identifier that another has by now"):
        unmerge(made, by=olga, reason="not one")
    assert pointers()["b"] == "a"
    made.refresh_from_db()
    assert made.undone_at is None


def pair(first: Track, second: Track) -> Candidate:
    return Candidate.objects.create(
        subject="track", first_track=first, second_track=second, kinds=["tune"], score_ppm=900_000
    )


def test_versions_stay_apart_and_never_go_round_in_a_circle(abc, olga):
    a, b, c = abc
    deciding.versions(pair(a, b), a.pk, by=olga, reason="a fifth lower")
    deciding.versions(pair(b, c), b.pk, by=olga, reason="a fifth lower again")
    with pytest.raises(DecisionRefused, match="cannot be both ways"):
        deciding.versions(pair(a, c), c.pk, by=olga, reason="round")
    assert dict(Track.objects.values_list("ref", "derived_from__ref")) == {
        "a": None,
        "b": "a",
        "c": "b",
    }


def test_a_pair_is_decided_once_and_an_undone_merge_is_remembered(abc, olga):
    a, b, _ = abc
    candidate = pair(a, b)
    made = deciding.same(candidate, b.pk, by=olga, reason="one song")
    assert pointers()["a"] == "b"
    with pytest.raises(DecisionRefused, match="decided already"):
        deciding.distinct(candidate, by=olga, reason="two songs")
    unmerge(made, by=olga, reason="two songs")
    candidate.refresh_from_db()
    assert (candidate.status, candidate.reason) == ("distinct", "two songs")
    with pytest.raises(DecisionRefused, match="Choose"):
        deciding.same(pair(*abc[1:]), a.pk, by=olga, reason="one song")
