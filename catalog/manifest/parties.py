"""Who is who: parties recognised by an id (Wikidata, IPI, ISNI, DDEX) or, failing that, a name.

A name that is met once with an id and once without is one party. A name that belongs to several
parties with ids is several people, and a mention without an id then has to say which. Ids that
belong to two parties, or of which the party has another, contradict each other and are refused: a
wrong guess here would pay the wrong person. Identity is the *normalised* name (NFKC, case folded,
spaces collapsed), in which accents count: Muller is not Müller.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from catalog.manifest.columns import PARTY_IDS
from catalog.manifest.faults import RowWarning, quote
from catalog.manifest.holders import Holder

NAME = "name:"
LONGEST_SLUG = 120

Identity = tuple[str, str, str, str, str]  # Holder.identity


@dataclass(frozen=True)
class KnownParty:
    """A party that the catalogue has, or will have."""

    ref: str
    name: str
    ipi: str = ""
    isni: str = ""
    ddex: str = ""
    now: str = ""  # the ref of the party that it was found to be, if it was merged

    @property
    def wikidata(self) -> str:
        return self.ref.removeprefix("wikidata:") if self.ref.startswith("wikidata:") else ""

    @property
    def ids(self) -> dict[str, str]:
        """The ids that it has, by kind."""
        return {kind: value for kind in PARTY_IDS if (value := getattr(self, kind))}


@dataclass(frozen=True)
class Mention:
    """A party named in a row."""

    row: int
    holder: Holder


@dataclass
class PartyPlan:
    """Who is meant by each mention, and what has to be written so that they all exist."""

    refs: dict[Identity, str] = field(default_factory=dict)
    new: dict[str, KnownParty] = field(default_factory=dict)  # by ref
    renamed: dict[str, str] = field(default_factory=dict)  # old ref → new ref
    learned: dict[str, KnownParty] = field(default_factory=dict)  # by ref: known ones with new ids
    refused: dict[Identity, tuple[str, str]] = field(default_factory=dict)  # (column, message)
    warnings: list[RowWarning] = field(default_factory=list)

    def ref_of(self, holder: Holder) -> str:
        return self.refs[holder.identity]


def normalised_name(name: str) -> str:
    """The spelling by which names are compared."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def name_ref(name: str) -> str:
    """The reference of a party that is known by its name alone.

    A readable slug; wherever the slug lost something (accents, signs, length) a piece of the
    name's hash follows, so that two names never share a reference.
    """
    normalised = normalised_name(name)
    letters = (
        character
        for character in unicodedata.normalize("NFKD", normalised)
        if not unicodedata.combining(character)
    )
    slug = re.sub(r"[\W_]+", "-", "".join(letters)).strip("-")[:LONGEST_SLUG]
    is_lossless = bool(re.fullmatch(r"[a-z0-9 ]+", normalised)) and len(normalised) <= LONGEST_SLUG
    digest = hashlib.sha256(normalised.encode()).hexdigest()[:8]
    return NAME + (slug if is_lossless else f"{slug}-{digest}".strip("-"))


def plan_parties(mentions: Iterable[Mention], known: Iterable[KnownParty]) -> PartyPlan:
    """Decide for every mention which party it is.

    Args:
        mentions: all that the manifest names; each way of naming a party once suffices.
        known: all parties of the catalogue.
    """
    first: dict[Identity, Mention] = {}
    for mention in mentions:
        first.setdefault(mention.holder.identity, mention)
    planning = _Planning(known)
    named = [mention for mention in first.values() if any(mention.holder.identity[1:])]
    bare = [mention for mention in first.values() if not any(mention.holder.identity[1:])]
    planning.count_ids(named)
    for mention in named:
        planning.decide_by_ids(mention)
    for mention in bare:
        planning.decide_by_name(mention)
    return planning.plan


class _Planning:
    """The parties as they come to be while mentions are decided."""

    def __init__(self, known: Iterable[KnownParty]) -> None:
        self.plan = PartyPlan()
        listed = list(known)
        self._parties = {party.ref: party for party in listed if not party.now}
        self._now = {party.ref: party.now for party in listed if party.now}
        self._of_id: dict[tuple[str, str], str] = {}  # (kind, value) → ref
        self._of_name: defaultdict[str, set[str]] = defaultdict(set)  # those with an id
        self._ids_of_name: defaultdict[str, set[frozenset[tuple[str, str]]]] = defaultdict(set)
        for party in self._parties.values():
            self._index(party, party.name)
        for party in listed:
            for item in party.ids.items() if party.now else ():
                self._of_id.setdefault(item, party.now)

    def _index(self, party: KnownParty, *names: str) -> None:
        for item in party.ids.items():
            self._of_id[item] = party.ref
        if party.ids:
            for name in names:
                self._of_name[normalised_name(name)].add(party.ref)

    def count_ids(self, mentions: Iterable[Mention]) -> None:
        """Note how many ways of being identified there are for a name."""
        for mention in mentions:
            ids = frozenset(_ids(mention.holder).items())
            self._ids_of_name[normalised_name(mention.holder.name)].add(ids)

    def decide_by_ids(self, mention: Mention) -> None:
        holder, ids = mention.holder, _ids(mention.holder)
        found = {self._of_id[item] for item in ids.items() if item in self._of_id}
        if len(found) > 1:
            names = " and ".join(sorted(quote(self._parties[ref].name) for ref in found))
            self._refuse(mention, f"Its ids belong to {names}; correct the wrong one.")
            return
        ref = next(iter(found), None) or self._only_by_name(holder)
        if ref is None:
            self._create(mention, ids)
            return
        party = self._parties[ref]
        other = [kind for kind, value in ids.items() if party.ids.get(kind, value) != value]
        if other:
            theirs = " and ".join(f"{kind} {party.ids[kind]}" for kind in other)
            self._refuse(
                mention, f"{quote(party.name)} has {theirs}, which contradicts it; correct one."
            )
            return
        self._learn(mention, party, ids)

    def decide_by_name(self, mention: Mention) -> None:
        name = mention.holder.name
        refs = self._of_name[normalised_name(name)]
        if len(refs) > 1:
            self._refuse(mention, _ambiguous(mention.holder, refs))
            return
        ref = next(iter(refs), None) or self._current(name_ref(name))
        if ref not in self._parties:
            self._parties[ref] = self.plan.new[ref] = KnownParty(ref, name)
        self._settle(mention, ref)

    def _only_by_name(self, holder: Holder) -> str | None:
        """The party that is known by this name alone, if no other may be meant by it."""
        ref, name = self._current(name_ref(holder.name)), normalised_name(holder.name)
        is_one = len(self._ids_of_name[name]) == 1 and not self._of_name[name]
        return ref if is_one and ref in self._parties else None

    def _current(self, ref: str) -> str:
        return self._now.get(ref, ref)

    def _create(self, mention: Mention, ids: dict[str, str]) -> None:
        kind, value = next(iter(ids.items()))
        party = KnownParty(f"{kind}:{value}", mention.holder.name, **_columns(ids))
        self._parties[party.ref] = self.plan.new[party.ref] = party
        self._index(party, party.name)
        self._settle(mention, party.ref)

    def _learn(self, mention: Mention, party: KnownParty, ids: dict[str, str]) -> None:
        """Keep what the mention says more about a party; with a Wikidata id its ref is that."""
        before = party
        named = f"wikidata:{ids.get('wikidata', '')}"
        if "wikidata" in ids and not party.wikidata and named not in self._now:
            party = self._rename(mention, party, named)
        party = replace(party, **_columns(ids))
        if party.ids != before.ids or party.ref != before.ref:
            self._keep(party, is_new=before.ref in self.plan.new or party.ref in self.plan.new)
        self._index(party, party.name, mention.holder.name)
        self._settle(mention, party.ref)

    def _rename(self, mention: Mention, party: KnownParty, ref: str) -> KnownParty:
        del self._parties[party.ref]
        if party.ids:  # one that is known by name alone is mentioned nowhere yet
            self._point_to(party.ref, ref)
        renamed = replace(party, ref=ref)
        if self.plan.new.pop(party.ref, None) is not None:
            self.plan.new[ref] = renamed
            return renamed
        self.plan.learned.pop(party.ref, None)
        self.plan.renamed[party.ref] = ref
        if party.ref.startswith(NAME):
            self.plan.warnings.append(_same_person(mention, ref))
        return renamed

    def _point_to(self, old: str, new: str) -> None:
        """Let all that led to a ref lead to another."""
        self._of_id |= {item: new for item, owner in self._of_id.items() if owner == old}
        for refs in self._of_name.values():
            if old in refs:
                refs.symmetric_difference_update({old, new})
        refs_of = self.plan.refs
        refs_of |= {identity: new for identity, owner in refs_of.items() if owner == old}

    def _keep(self, party: KnownParty, *, is_new: bool) -> None:
        self._parties[party.ref] = party
        (self.plan.new if is_new else self.plan.learned)[party.ref] = party

    def _settle(self, mention: Mention, ref: str) -> None:
        self.plan.refs[mention.holder.identity] = ref
        name = self._parties[ref].name
        if normalised_name(name) != normalised_name(mention.holder.name):
            self.plan.warnings.append(_other_name(mention, name))

    def _refuse(self, mention: Mention, message: str) -> None:
        self.plan.refused[mention.holder.identity] = (mention.holder.role, message)


def _ids(holder: Holder) -> dict[str, str]:
    return {kind: value for kind in PARTY_IDS if (value := getattr(holder, kind))}


def _columns(ids: dict[str, str]) -> dict[str, str]:
    return {kind: value for kind, value in ids.items() if kind != "wikidata"}


def _ambiguous(holder: Holder, refs: set[str]) -> str:
    shown = " or ".join(sorted(ref.removeprefix("wikidata:") for ref in refs))
    return f"{quote(holder.name)} may be {shown}; say which in {holder.role}_wikidata."


def _same_person(mention: Mention, ref: str) -> RowWarning:
    return RowWarning(
        mention.row,
        mention.holder.role,
        f"{quote(mention.holder.name)} was known by name alone and is now {ref}; "
        "if these are two people, write the earlier one's own id.",
    )


def _other_name(mention: Mention, name: str) -> RowWarning:
    return RowWarning(
        mention.row,
        mention.holder.role,
        f"{quote(mention.holder.name)} has the id of {quote(name)} and is listed under that name.",
    )
