"""One work of a CWR file as cells: writers and publishers with what they own of it.

A share is the *performing* ownership share of SWR, OWR, SPU and OPU records: the one that all
societies have, and that adds up to 100 % over writers and publishers. Collection shares say who
collects where, not who owns. A sub-publisher owns nothing, and is a credit without a share; where
it collects stands in a warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from catalog.formats.cwr_records import SHARE_UNITS, WORKS, Kind, Record
from catalog.formats.parties import cells_of_parties
from catalog.formats.source import CellFault
from catalog.manifest.faults import quote
from catalog.territories import Territory, country_of_number

WORLD_TIS = "2136"
_WRITER_ROLES: dict[str, tuple[str, ...]] = {
    "": ("composer",),
    "C": ("composer",),
    "A": ("lyricist",),
    "CA": ("composer", "lyricist"),
    "AR": ("arranger",),
    "AD": ("arranger",),
    "SR": ("arranger",),
    "SA": ("lyricist",),
    "TR": ("lyricist",),
}
_PUBLISHER_ROLES: dict[str, tuple[str, ...]] = {
    "": ("publisher",),
    "E": ("publisher",),
    "AQ": ("publisher",),
    "AM": ("publisher",),
    "ES": ("publisher",),
    "SE": ("sub_publisher",),
}


@dataclass
class _Party:
    """A party in a role; what several records say of it is added up."""

    name: str
    ipi: str
    share: int = 0  # in hundredths of a percent


@dataclass
class Work:
    """What a transaction's records say."""

    cells: dict[str, str]
    warnings: list[str] = field(default_factory=list)


def work_of(records: list[Record]) -> Work:
    """The work of a transaction.

    Args:
        records: those that are read, the NWR or REV first.

    Raises:
        CellFault: a share, a role or a territory that cannot be read.
    """
    header = records[0]
    assert header.kind in WORKS
    work = Work(
        {
            "work_id": header["work_id"],
            "title": header["title"],
            "iswc": header["iswc"],
            "language": header["language"].lower(),
        }
    )
    named: dict[str, dict[str, _Party]] = {}
    for record in records[1:]:
        for role, party in _parties(record, work.warnings):
            key = record["party"] or party.name
            there = named.setdefault(role, {}).setdefault(key, _Party(party.name, party.ipi))
            there.share += party.share
    for role, parties in named.items():
        listed = [
            {"": party.name, "_ipi": party.ipi, "_share_pct": _percent(party.share)}
            for party in parties.values()
        ]
        work.cells |= cells_of_parties(role, listed)
    work.warnings += _collecting(records)
    return work


def _parties(record: Record, warnings: list[str]) -> Iterator[tuple[str, _Party]]:
    """The roles of a writer or publisher; of two roles the first has the share."""
    if record.kind in (Kind.WRITER, Kind.OTHER_WRITER):
        roles, name = _WRITER_ROLES, f"{record['first_name']} {record['last_name']}".strip()
        what = "writer"
    elif record.kind in (Kind.PUBLISHER, Kind.OTHER_PUBLISHER):
        roles, name, what = _PUBLISHER_ROLES, record["name"], "publisher"
    else:
        return
    share = _share(record, what)
    if record["is_unknown"] == "Y" or not name:
        warnings.append(f"An unknown {what} has {_percent(share) or 0} %, which stays unclaimed.")
        return
    if record["type"] not in roles:
        raise CellFault(what, f"{quote(record['type'])} is no role of a {what} that is read.")
    ipi = record["ipi"].strip("0") and record["ipi"].zfill(11)
    for place, role in enumerate(roles[record["type"]]):
        yield role, _Party(name, ipi, 0 if place else share)


def _share(record: Record, what: str) -> int:
    """An ownership share in hundredths of a percent; blank is none."""
    written = record["share"] or "0"
    if not (written.isascii() and written.isdigit()) or int(written) > 100 * SHARE_UNITS:
        raise CellFault(what, f"{quote(written)} is no share; five digits stand for 000.00 %.")
    return int(written)


def _percent(share: int) -> str:
    """A share as the manifest writes it; none is empty."""
    text = f"{share // SHARE_UNITS}.{share % SHARE_UNITS:02d}".rstrip("0").rstrip(".")
    return text if share else ""


def _collecting(records: list[Record]) -> Iterator[str]:
    """Where sub-publishers collect, in words."""
    subs = {
        record["party"]: record["name"]
        for record in records
        if record.kind in (Kind.PUBLISHER, Kind.OTHER_PUBLISHER) and record["type"] == "SE"
    }
    entries_of: dict[str, list[Record]] = {}
    for record in records:
        if record.kind is Kind.PUBLISHER_TERRITORY:
            entries_of.setdefault(record["party"], []).append(record)
    for party, name in subs.items():
        if entries := entries_of.get(party):
            share = max(_share(entry, "sub_publisher") for entry in entries)
            where = territory_of([(entry["sign"], entry["tis"]) for entry in entries])
            yield (
                f"{quote(name)} collects {_percent(share) or 0} % in {where} and owns no share; "
                "it is listed without one."
            )


def territory_of(entries: list[tuple[str, str]]) -> Territory:
    """The countries of a list of TIS codes, each included (I) or excluded (E).

    Raises:
        CellFault: a code that is neither the world nor a country.
    """
    is_world = False
    only: set[str] = set()
    world_but: set[str] = set()
    for sign, tis in entries:
        if tis == WORLD_TIS and sign == "I":
            is_world = True
            continue
        country = country_of_number(tis.lstrip("0")) if tis.isdigit() else None
        if country is None or sign not in ("I", "E"):
            raise CellFault(
                "territory",
                f"The territory {quote(f'{sign}{tis}')} is not read; name the world (2136) and "
                "countries by their ISO numbers, not groups of them.",
            )
        (only if sign == "I" else world_but).add(country)
    if is_world:
        return Territory(is_world=True, world_but=frozenset(world_but - only))
    return Territory(only=frozenset(only - world_but))
