"""Parties are recognised across rows, imports and spellings, and never confused silently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.manifest import Holder, KnownParty, Mention, PartyPlan, plan_parties
from catalog.manifest.parties import name_ref, normalised_name


def named(name: str, **ids: str) -> Mention:
    return Mention(2, Holder("composer", name, **ids))


def ref(plan: PartyPlan, name: str, **ids: str) -> str:
    return plan.ref_of(Holder("composer", name, **ids))


def plan(*written: tuple[str, str], known: tuple[KnownParty, ...] = ()) -> PartyPlan:
    mentions = [
        Mention(row, Holder("composer", name, identifier))
        for row, (name, identifier) in enumerate(written, start=2)
    ]
    return plan_parties(mentions, known)


@pytest.mark.parametrize("order", [1, -1])
def test_a_name_with_and_without_an_id_is_one_party(order):
    decided = plan(*[("Clara Schumann", "Q1"), ("clara  SCHUMANN", "")][::order])
    assert set(decided.refs.values()) == {"wikidata:Q1"}
    assert list(decided.new) == ["wikidata:Q1"]


def test_accents_tell_people_apart():
    decided = plan(("Muller", ""), ("Müller", ""), ("MÜLLER", ""), ("Mu\u0308ller", ""))
    assert len(decided.new) == 2
    assert ref(decided, "Müller") == ref(decided, "Mu\u0308ller")


def test_one_id_is_one_party_whatever_it_is_called():
    decided = plan(("J. S. Bach", "Q1339"), ("Johann Sebastian Bach", "Q1339"))
    assert [party.name for party in decided.new.values()] == ["J. S. Bach"]
    assert "J. S. Bach" in decided.warnings[0].message


def test_two_ids_under_one_name_are_two_parties_and_a_bare_mention_is_refused():
    decided = plan(("John Smith", "Q1"), ("John Smith", "Q2"), ("John Smith", ""))
    assert set(decided.new) == {"wikidata:Q1", "wikidata:Q2"}
    (column, message) = decided.refused[Holder("composer", "John Smith").identity]
    assert column == "composer"
    assert "Q1 or Q2" in message


def test_a_bare_mention_finds_the_party_that_the_catalogue_knows():
    decided = plan(("Ann Lee", ""), known=(KnownParty("wikidata:Q5", "Ann Lee"),))
    assert ref(decided, "Ann Lee") == "wikidata:Q5"
    assert not decided.new


def test_a_party_known_by_name_is_promoted_once():
    known = (KnownParty("name:ann-lee", "Ann Lee"),)
    decided = plan(("Ann Lee", "Q5"), ("Ann Lee", ""), known=known)
    assert decided.renamed == {"name:ann-lee": "wikidata:Q5"}
    assert not decided.new
    assert len(decided.warnings) == 1


def test_a_party_known_by_name_is_not_promoted_to_either_of_two():
    known = (KnownParty("name:ann-lee", "Ann Lee"),)
    decided = plan(("Ann Lee", "Q5"), ("Ann Lee", "Q6"), known=known)
    assert not decided.renamed
    assert set(decided.new) == {"wikidata:Q5", "wikidata:Q6"}


def test_any_id_that_is_known_tells_the_party():
    known = [KnownParty("wikidata:Q5", "Ann Lee", ipi="00000000199", isni="0000000121032683")]
    decided = plan_parties(
        [named("A. Lee", ipi="00000000199"), named("Lee, Ann", isni="0000000121032683")], known
    )
    assert set(decided.refs.values()) == {"wikidata:Q5"}
    assert not decided.new
    assert not decided.learned


def test_ids_of_two_parties_contradict_each_other():
    known = [KnownParty("wikidata:Q5", "Ann Lee"), KnownParty("ipi:1", "Bo Lee", ipi="1")]
    decided = plan_parties([named("Ann Lee", wikidata="Q5", ipi="1")], known)
    assert not decided.refs
    ((_, message),) = decided.refused.values()
    assert "“Ann Lee” and “Bo Lee”" in message


def test_another_id_of_the_same_kind_contradicts_the_one_that_is_known():
    known = [KnownParty("wikidata:Q5", "Ann Lee", ipi="1")]
    decided = plan_parties([named("Ann Lee", wikidata="Q5", ipi="2")], known)
    assert not decided.refs
    assert "has ipi 1" in next(iter(decided.refused.values()))[1]


def test_a_party_learns_the_ids_that_are_said_beside_a_known_one():
    known = [KnownParty("wikidata:Q5", "Ann Lee")]
    decided = plan_parties(
        [named("Ann Lee", wikidata="Q5", ipi="1"), named("Ann", ipi="1", isni="2")], known
    )
    assert set(decided.refs.values()) == {"wikidata:Q5"}
    assert decided.learned == {"wikidata:Q5": KnownParty("wikidata:Q5", "Ann Lee", "1", "2")}


def test_a_new_party_that_is_told_by_several_rows_is_one_and_takes_its_wikidata_id():
    decided = plan_parties(
        [named("Ann Lee", ipi="1"), named("Ann Lee", wikidata="Q5", ipi="1"), named("Ann Lee")], []
    )
    assert set(decided.refs.values()) == {"wikidata:Q5"}
    assert decided.new == {"wikidata:Q5": KnownParty("wikidata:Q5", "Ann Lee", ipi="1")}
    assert not decided.renamed


def test_a_party_that_was_merged_is_the_one_that_it_is_now():
    known = [
        KnownParty("name:ann-lee", "Ann Lee", now="wikidata:Q5"),
        KnownParty("wikidata:Q5", "Anne Lee"),
        KnownParty("wikidata:Q9", "Anne Leigh", now="wikidata:Q5"),
    ]
    decided = plan_parties([named("Ann Lee"), named("A. Leigh", wikidata="Q9")], known)
    assert set(decided.refs.values()) == {"wikidata:Q5"}
    assert not decided.new


@pytest.mark.parametrize(
    ("name", "ref"),
    [("Ada Lovelace", "name:ada-lovelace"), ("  ADA   lovelace ", "name:ada-lovelace")],
)
def test_a_plain_name_has_a_plain_reference(name, ref):
    assert name_ref(name) == ref


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_two_names_share_a_reference_only_if_they_are_one_name(first, second):
    same = normalised_name(first) == normalised_name(second)
    assert (name_ref(first) == name_ref(second)) == same
    assert len(name_ref(first)) <= 200


@pytest.mark.parametrize(
    ("first", "second"), [("a-b", "a b"), ("杜甫", "李白"), ("x" * 130, "x" * 131)]
)
def test_near_names_have_references_of_their_own(first, second):
    assert name_ref(first) != name_ref(second)
