"""Who is who: parties recognised by their Wikidata id or, failing that, by their name.

A name that is met once with an id and once without is one party. A name that belongs to two ids
is two people, and a mention without an id then has to say which. Identity is the *normalised* name
(NFKC, case folded, spaces collapsed), in which accents count: Muller is not Müller.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from catalog.manifest.faults import RowError, RowWarning, quote
from catalog.manifest.rows import Holder

WIKIDATA, NAME = "wikidata:", "name:"
LONGEST_SLUG = 120


@dataclass(frozen=True)
class KnownParty:
    """A party that the catalogue has already."""

    ref: str
    name: str


@dataclass(frozen=True)
class Mention:
    """A party named in a row."""

    row: int
    holder: Holder


@dataclass
class PartyPlan:
    """Who is meant by each mention, and what has to be written so that they all exist."""

    refs: dict[tuple[str, str], str] = field(default_factory=dict)  # (name, id) as written → ref
    new: dict[str, str] = field(default_factory=dict)  # ref → name
    renamed: dict[str, str] = field(default_factory=dict)  # old ref → new ref
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowWarning] = field(default_factory=list)

    def ref_of(self, holder: Holder) -> str:
        return self.refs[holder.name, holder.wikidata]


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
        mentions: all that the manifest names.
        known: all parties of the catalogue.
    """
    listed = list(mentions)
    names = {party.ref: party.name for party in known}
    plan = PartyPlan()
    ids_of = _ids_by_name(listed, names)
    for mention in listed:
        written = (mention.holder.name, mention.holder.wikidata)
        if written in plan.refs:
            continue
        ids = ids_of.get(normalised_name(mention.holder.name), set())
        if not mention.holder.wikidata and len(ids) > 1:
            plan.errors.append(_ambiguous(mention, ids))
            continue
        plan.refs[written] = _decide(mention, ids, names, plan)
    return plan


def _ids_by_name(mentions: list[Mention], names: Mapping[str, str]) -> dict[str, set[str]]:
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for ref, name in names.items():
        if ref.startswith(WIKIDATA):
            ids[normalised_name(name)].add(ref.removeprefix(WIKIDATA))
    for mention in mentions:
        if mention.holder.wikidata:
            ids[normalised_name(mention.holder.name)].add(mention.holder.wikidata)
    return ids


def _decide(mention: Mention, ids: set[str], names: dict[str, str], plan: PartyPlan) -> str:
    """The reference of one mention; notes in the plan if it is new or has become better known."""
    name = mention.holder.name
    identifier = mention.holder.wikidata or next(iter(ids), "")
    by_name = name_ref(name)
    if not identifier:
        ref = by_name
    else:
        ref = WIKIDATA + identifier
        if by_name in names and ref not in names and ids == {identifier}:
            plan.renamed[by_name] = ref
            names[ref] = names.pop(by_name)
            plan.warnings.append(_same_person(mention, ref))
    if ref not in names:
        names[ref] = plan.new[ref] = name
    elif normalised_name(names[ref]) != normalised_name(name):
        plan.warnings.append(_other_name(mention, names[ref]))
    return ref


def _ambiguous(mention: Mention, ids: set[str]) -> RowError:
    role = mention.holder.role
    return RowError(
        mention.row,
        role,
        f"{quote(mention.holder.name)} may be {' or '.join(sorted(ids))}; "
        f"say which in {role}_wikidata.",
    )


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
