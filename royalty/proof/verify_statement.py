"""Verify a royalty statement without trusting whoever sent it.

    python verify_statement.py statement-proof.json [roots.json or another proof, ...]

Needs Python 3.11 or newer and nothing else; reads only the files that it is given. The first file
says what a payee earned in a closed period, line by line. Every line has a commitment, the SHA-256
of a secret salt and the line's exact content. The commitments of all payees are the leaves of one
Merkle tree (RFC 6962, section 2.1), whose root was published when the period was closed. So the
hashes in the file lead from its lines to that root, or something was changed since. Roots form a
chain over the contract's periods. Further files, a published list of roots or the proof of another
statement, must name the same roots.

Exit status: 0 everything is right, 1 something is wrong, 2 a file cannot be read.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

Record = dict[str, Any]

# --- The bytes that are hashed: docs/concepts/proof.md specifies them ---


def record(*values: str | int | None) -> bytes:
    """Netstrings: `3:abc,` for a text, `2:10,` for a number, `-,` for what is absent."""
    contents = [None if value is None else str(value).encode() for value in values]
    return b"".join(b"-," if c is None else b"%d:%s," % (len(c), c) for c in contents)


def statement_record(said: Record, line_count: int) -> bytes:
    amounts = [part for pair in sorted(said["amounts_atoms"].items()) for part in pair]
    whose = [said[name] for name in ("payee", "contract", "first_day", "last_day")]
    return record("statement", *whose, said["version"], said["currency"], line_count, *amounts)


def line_record(line: Record, said: Record) -> bytes:
    piece = [line[name] for name in ("generation", "uses", "piece_revenue_atoms")]
    share = [line[name] for name in ("track", "share_parts", "share_whole", "right")]
    owned = [said["payee"], line["ownership_ppm"], line["atoms"], said["currency"]]
    return record("line", line["kind"], *piece, *share, *owned)


def commitment(salt: str, content: bytes) -> str:
    return sha256(b"\x00" + bytes.fromhex(salt) + content).hexdigest()


def chained(root: Record, previous_sha256: str | None) -> str:
    days = [root[name] for name in ("contract", "first_day", "last_day")]
    content = record("root", *days, root["leaf_count"], root["root_sha256"], previous_sha256)
    return sha256(content).hexdigest()


def root_of_range(
    leaves: Sequence[bytes], first: int, leaf_count: int, hashes: Sequence[bytes]
) -> bytes | None:
    """The root of a tree of which some leaves in a row are known, and hashes of all the rest.

    `hashes` are those of the largest subtrees that hold none of the leaves, from left to right.
    None if they are too few or too many.
    """
    end, rest = first + len(leaves), iter(hashes)

    def subtree(low: int, high: int) -> bytes:
        if high <= first or end <= low:
            return next(rest)
        if high - low == 1:
            return leaves[low - first]
        middle = low + (1 << (high - low - 1).bit_length() - 1)  # low + the largest power of two
        return sha256(b"\x01" + subtree(low, middle) + subtree(middle, high)).digest()

    try:
        root = subtree(0, leaf_count)
    except StopIteration:
        return None
    return root if next(rest, None) is None else None


# --- What is checked: each check yields a sentence for each fault ---


def wrong_commitments(proof: Record) -> Iterator[str]:
    said, lines = proof["statement"], proof["lines"]
    if commitment(said["salt"], statement_record(said, len(lines))) != said["commitment"]:
        yield "The statement's figures, or how many lines it has, are not what was committed to."
    for number, line in enumerate(lines, start=1):
        if commitment(line["salt"], line_record(line, said)) != line["commitment"]:
            yield f"{_name(number, line)} is not what was committed to."


def wrong_range(proof: Record) -> Iterator[str]:
    place, root = proof["proof"], proof["roots"][-1]
    leaves = [bytes.fromhex(each["commitment"]) for each in (proof["statement"], *proof["lines"])]
    if place["leaf_count"] != root["leaf_count"]:
        yield f"The proof is of {place['leaf_count']} leaves, the root of {root['leaf_count']}."
    if not 0 <= place["first_leaf"] <= place["leaf_count"] - len(leaves):
        yield f"{len(leaves)} leaves from number {place['first_leaf']} on are not in the tree."
        return
    hashes = [bytes.fromhex(each) for each in place["hashes"]]
    found = root_of_range(leaves, place["first_leaf"], place["leaf_count"], hashes)
    if found is None:
        yield "The proof has too few hashes, or too many."
    elif found.hex() != root["root_sha256"]:
        yield f"The lines lead to the root {found.hex()}, the period's is {root['root_sha256']}."


def wrong_sums(proof: Record) -> Iterator[str]:
    amounts = proof["statement"]["amounts_atoms"]
    sums = {"attributed": 0, "fallback": 0, "guarantee": 0}
    for line in proof["lines"]:
        sums[line["kind"] if line["kind"] in sums else "fallback"] += line["atoms"]
    for name, atoms in sums.items():
        if atoms != amounts.get(name, 0):  # only some contracts guarantee something
            said = amounts.get(name, 0)
            yield f"The {name} lines sum to {atoms} atoms, the statement says {said}."
    closing = sum(atoms for name, atoms in amounts.items() if name != "closing")
    if closing != amounts["closing"]:
        yield f"The figures make {closing} atoms, the statement closes with {amounts['closing']}."


def wrong_products(proof: Record) -> Iterator[str]:
    """Between revenue and line lie up to three splits; each rounds by less than one atom."""
    names = ("piece_revenue_atoms", "share_parts", "share_whole", "ownership_ppm")
    for number, line in enumerate(proof["lines"], start=1):
        revenue, parts, share_whole, owned = (line[name] for name in names)
        if None in (revenue, parts, share_whole, owned):
            continue  # of no one piece, as what comes from the fallback
        whole = share_whole * 1_000_000
        if abs(line["atoms"] * whole - revenue * parts * owned) >= 3 * whole:
            yield f"{_name(number, line)} is not its piece's revenue by the two shares."


def wrong_chain(proof: Record) -> Iterator[str]:
    said = proof["statement"]
    previous: Record = {"last_day": "", "chain_sha256": None}
    for root in proof["roots"]:
        day = root["first_day"]
        if root["contract"] != said["contract"]:
            yield f"The root of {day} is of another contract, {root['contract']}."
        if not previous["last_day"] < day <= root["last_day"]:
            yield f"The root of {day} is out of order."
        if chained(root, previous["chain_sha256"]) != root["chain_sha256"]:
            yield f"The root of {day} does not continue the chain before it."
        previous = root
    if (previous["first_day"], previous["last_day"]) != (said["first_day"], said["last_day"]):
        yield "The last root is not that of the statement's period."


def wrong_elsewhere(proof: Record, other: Record) -> Iterator[str]:
    theirs = {(root["contract"], root["first_day"]): root for root in other["roots"]}
    common = [root for root in proof["roots"] if (root["contract"], root["first_day"]) in theirs]
    if not common:
        yield "It names no root of this contract up to this period."
    for root in common:
        if theirs[root["contract"], root["first_day"]] != root:
            yield f"It names another root for the period that begins on {root['first_day']}."


def _name(number: int, line: Record) -> str:
    return f"Line {number} (piece {line['generation']}, track {line['track']})"


def checks(proof: Record, others: Record) -> Iterator[tuple[str, Iterator[str]]]:
    """What is right unless there are faults, and the faults."""
    said, n_lines, roots = proof["statement"], len(proof["lines"]), proof["roots"]
    root, count = roots[-1]["root_sha256"], proof["proof"]["leaf_count"]
    closing = f"{said['amounts_atoms']['closing']} atoms {said['currency']}"
    yield f"its figures and its {n_lines} lines are what was committed to", wrong_commitments(proof)
    yield f"these are {n_lines + 1} of the {count} leaves under the root {root}", wrong_range(proof)
    yield f"its lines sum to its figures, these to its closing {closing}", wrong_sums(proof)
    yield "each amount is its piece's revenue by the two shares, rounded", wrong_products(proof)
    yield f"the root continues an unbroken chain, as number {len(roots)}", wrong_chain(proof)
    for path, other in others.items():
        yield f"{path} names the same roots", wrong_elsewhere(proof, other)


# --- Reading: a file says exactly what is expected, or nothing is concluded from it ---

PROOF_FORMAT, ROOTS_FORMAT = "tantieme statement proof 1", "tantieme roots 1"
ROOT = "contract first_day last_day leaf_count root_sha256 chain_sha256"
STATEMENT = "payee contract first_day last_day version currency amounts_atoms salt commitment"
LINE = (
    "kind generation uses piece_revenue_atoms track share_parts share_whole right ownership_ppm"
    " atoms salt commitment"
)
TEXTS = {"payee", "contract", "currency", "kind", "right", "generation", "track"}
MAY_BE_ABSENT = {
    *("generation", "uses", "piece_revenue_atoms", "track", "share_parts", "share_whole"),
    "ownership_ppm",
}
DAYS = {"first_day", "last_day"}
HASHES = {"salt", "commitment", "root_sha256", "chain_sha256"}


class UnreadableError(Exception):
    """A file that is not what it should be; the message says where."""


def read(path: str) -> Record:
    """A proof or a list of roots."""
    try:
        content = json.loads(Path(path).read_bytes(), object_pairs_hook=_named_once)
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableError(f"{path} cannot be read: {error}") from None
    if not isinstance(content, dict) or content.get("format") not in (PROOF_FORMAT, ROOTS_FORMAT):
        raise UnreadableError(f"{path} is neither {PROOF_FORMAT!r} nor {ROOTS_FORMAT!r}.")
    _expect_all(f"{path}, root", content.get("roots"), ROOT)
    if content["format"] == PROOF_FORMAT:
        _expect_all(f"{path}, line", content.get("lines"), LINE)
        _expect(f"{path}, statement", content.get("statement"), STATEMENT)
        _expect(f"{path}, proof", content.get("proof"), "first_leaf leaf_count hashes")
    return content


def _named_once(pairs: list[tuple[str, Any]]) -> Record:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name stands twice in one record")
    return dict(pairs)


def _expect_all(where: str, values: Any, names: str) -> None:
    if not isinstance(values, list):
        raise UnreadableError(f"{where}s: there is no list of them.")
    for number, value in enumerate(values, start=1):
        _expect(f"{where} {number}", value, names)


def _expect(where: str, value: Any, names: str) -> None:
    if not isinstance(value, dict) or set(value) != set(names.split()):
        raise UnreadableError(f"{where}: it should have exactly {names.replace(' ', ', ')}.")
    for name, content in value.items():
        if not _fits(name, content):
            raise UnreadableError(f"{where}: {name} cannot be {content!r:.80}.")


def _fits(name: str, value: Any) -> bool:
    if name == "hashes":
        return isinstance(value, list) and all(_fits("commitment", each) for each in value)
    if name == "amounts_atoms":
        is_named = isinstance(value, dict) and {"attributed", "fallback", "closing"} <= set(value)
        return is_named and all(_fits("atoms", each) for each in value.values())
    if name in TEXTS | HASHES | DAYS and isinstance(value, str):
        is_hash = re.fullmatch("[0-9a-f]{64}", value) is not None
        return is_hash if name in HASHES else _is_day(value) if name in DAYS else True
    is_number = type(value) is int and abs(value) < 2**63 and name not in TEXTS | HASHES | DAYS
    return is_number or (value is None and name in MAY_BE_ABSENT)


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments else 2
    try:
        proof = read(arguments[0])
        others = {path: read(path) for path in arguments[1:]}
        if proof["format"] != PROOF_FORMAT or not proof["roots"]:
            raise UnreadableError(f"{arguments[0]} proves no statement; name a proof first.")
    except UnreadableError as error:
        print(error)
        return 2
    said = proof["statement"]
    days = f"{said['first_day']} to {said['last_day']}"
    print(f"Statement of {said['payee']} under {said['contract']}, {days}:")
    n_faults = 0
    for right, found in checks(proof, others):
        faults = list(found)
        n_faults += len(faults)
        print("\n".join(f"  WRONG  {fault}" for fault in faults) or f"  right  {right}")
    if n_faults:
        print(f"It is not proved: {n_faults} faults.")
    elif others:
        print("It is proved.")
    else:
        print("It is proved, if that root is the one that was published: name a list of roots too.")
    return 1 if n_faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
