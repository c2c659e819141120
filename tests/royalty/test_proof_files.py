"""A statement's proof: right as it is, wrong however it is changed, silent about everybody else."""

import hmac
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from royalty.apportionment import Rules, allocate
from royalty.proof import PeriodTree, Tree
from royalty.proof.encoding import record as encoded
from royalty.proof.verify_statement import (
    UnreadableError,
    chained,
    commitment,
    line_record,
    read,
    statement_record,
)
from tests.apportionment.worlds import cases, four_pieces, pools, rules
from tests.royalty.proving import (
    SECRET,
    altered,
    commitments,
    faults,
    heads,
    period_tree,
    proof_of,
    proven_lines,
)


@pytest.fixture(scope="module")
def tree():
    return period_tree(four_pieces(), extra={"Z": -40})


@pytest.fixture
def proof(tree):
    return proof_of(tree, "A")


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), pools, rules, st.booleans())
def test_every_statement_of_any_period_proves(case, pool_atoms, chosen, is_corrected):
    """Any model, fallback and refund; payees with lines only, corrections only, or both."""
    snapshot, model = case
    extra = {"P0": 5, "Q": -3} if is_corrected else {}
    tree = period_tree(snapshot, model=model, pool_atoms=pool_atoms, rules=chosen, extra=extra)
    lines = allocate(snapshot, model, pool_atoms, chosen)
    payees = {snapshot.party_ids[party] for party in lines.party if party >= 0} | set(extra)
    proofs = [proof_of(tree, payee) for payee in sorted(payees)]
    assert [faults(proof) for proof in proofs] == [[]] * len(payees)
    shown = [at for each in proofs for at in span(each)]
    assert len(shown) == len(set(shown)), "no leaf is shown to two"
    assert tree.leaf_count == len(lines.atoms) + len(payees)
    assert sum(line["atoms"] for each in proofs for line in each["lines"]) == sum(
        lines.atoms[lines.party >= 0]
    )


def span(proof) -> range:
    first = proof["proof"]["first_leaf"]
    return range(first, first + 1 + len(proof["lines"]))


def test_a_payee_whose_account_was_only_corrected_has_a_proof_without_lines(tree):
    proof = proof_of(tree, "Z")
    assert proof["lines"] == []
    assert proof["statement"]["amounts_atoms"]["adjustment"] == -40
    assert faults(proof) == []


def change_line(name, value):
    def change(proof):
        proof["lines"][1][name] = value

    return change


def recommit(proof):
    """Make commitments fit again, as whoever has only the file can."""
    said = proof["statement"]
    said["commitment"] = commitment(said["salt"], statement_record(said, len(proof["lines"])))
    for line in proof["lines"]:
        line["commitment"] = commitment(line["salt"], line_record(line, said))


def more_money(proof):
    proof["lines"][1]["atoms"] += 1
    for name in ("attributed", "closing"):
        proof["statement"]["amounts_atoms"][name] += 1


def exchange(proof):
    proof["lines"][0], proof["lines"][1] = proof["lines"][1], proof["lines"][0]


LEAD = "The lines lead to the root"
ALTERATIONS = {
    "an amount": ([change_line("atoms", 1)], "Line 2 (piece G1, track T3) is not what was"),
    "a use": ([change_line("uses", 99)], "Line 2 (piece G1, track T3) is not what was"),
    "a piece": ([change_line("generation", "G9")], "Line 2 (piece G9, track T3) is not what"),
    "no piece": ([change_line("generation", None)], "Line 2 (piece None, track T3) is not what"),
    "a track": ([change_line("track", "T9")], "Line 2 (piece G1, track T9) is not what was"),
    "a kind": ([change_line("kind", "fallback_equal")], "is not what was committed to"),
    "a right": ([change_line("right", "recording")], "is not what was committed to"),
    "a salt": ([change_line("salt", "0" * 64)], "is not what was committed to"),
    "an amount, committed to anew": ([change_line("atoms", 1), recommit], LEAD),
    "more money, all sums right": ([more_money, recommit], LEAD),
    "another payee": ([lambda p: p["statement"].update(payee="B")], "The statement's figures"),
    "another payee, anew": ([lambda p: p["statement"].update(payee="B"), recommit], LEAD),
    "another currency": ([lambda p: p["statement"].update(currency="USD"), recommit], LEAD),
    "lines in another order": ([exchange], LEAD),
    "the first line left out": ([lambda p: p["lines"].pop(0)], "how many lines it has"),
    "the last line left out": ([lambda p: p["lines"].pop()], "how many lines it has"),
    "the last line left out, anew": ([lambda p: p["lines"].pop(), recommit], "too few hashes"),
    "a line twice": ([lambda p: p["lines"].append(p["lines"][-1])], "how many lines it has"),
    "a line twice, anew": ([lambda p: p["lines"].append(p["lines"][-1]), recommit], "too few"),
    "fewer hashes": ([lambda p: p["proof"]["hashes"].pop()], "too few hashes, or too many"),
    "no hashes": ([lambda p: p["proof"]["hashes"].clear()], "too few hashes, or too many"),
    "a hash more": ([lambda p: p["proof"]["hashes"].append("0" * 64)], "too few hashes, or too"),
    "another hash": ([lambda p: p["proof"]["hashes"].__setitem__(0, "0" * 64)], LEAD),
    "another place": ([lambda p: p["proof"].update(first_leaf=1)], "too few hashes, or too many"),
    "a place outside": ([lambda p: p["proof"].update(first_leaf=99)], "are not in the tree"),
    "a place before all": ([lambda p: p["proof"].update(first_leaf=-1)], "are not in the tree"),
    "another size": ([lambda p: p["proof"].update(leaf_count=20)], "The proof is of 20 leaves"),
    "an enormous size": ([lambda p: p["proof"].update(leaf_count=2**62)], "too few hashes"),
    "a figure": (
        [lambda p: p["statement"]["amounts_atoms"].update(closing=10**12)],
        "the statement closes with 1000000000000",
    ),
    "a figure of lines": (
        [lambda p: p["statement"]["amounts_atoms"].update(fallback=3)],
        "The fallback lines sum to",
    ),
    "the root": ([lambda p: p["roots"][1].update(root_sha256="0" * 64)], LEAD),
    "the root of another period": ([lambda p: p["roots"].pop()], "not that of the statement's"),
    "an earlier root": (
        [lambda p: p["roots"][0].update(root_sha256="0" * 64)],
        "The root of 2026-09-01 does not continue the chain",
    ),
    "an earlier root left out": (
        [lambda p: p["roots"].pop(0)],
        "The root of 2026-10-01 does not continue the chain",
    ),
    "roots in another order": ([lambda p: p["roots"].reverse()], "is out of order"),
    "a root of another contract": (
        [lambda p: p["roots"][0].update(contract="other")],
        "is of another contract, other",
    ),
}


@pytest.mark.parametrize("changes", ALTERATIONS.values(), ids=ALTERATIONS)
def test_whatever_is_changed_is_found_and_named(proof, changes):
    alterations, words = changes
    assert faults(proof) == []
    found = faults(altered(proof, *alterations))
    assert any(words in fault for fault in found), found


def test_another_partys_range_does_not_prove_ones_statement(tree, proof):
    other = proof_of(tree, "B")
    assert faults(altered(proof, lambda p: p.update(proof=other["proof"]))) != []
    assert faults(altered(proof, lambda p: p.update(lines=other["lines"], proof=other["proof"])))


def test_a_root_of_a_period_with_the_same_lines_does_not_prove(proof):
    """Another secret, another root: equal months cannot stand in for each other."""
    twin = proof_of(period_tree(four_pieces(), extra={"Z": -40}, secret=b"x" * 32), "A")
    assert faults(twin) == []
    assert twin["roots"][1]["root_sha256"] != proof["roots"][1]["root_sha256"]
    assert faults(altered(proof, lambda p: p.update(roots=twin["roots"]))) != []


@pytest.mark.parametrize("left_out", ["first", "last"])
def test_even_whoever_has_the_whole_tree_cannot_leave_a_line_out(tree, proof, left_out):
    """A shorter range proves as a range; that a line is missing, the statement's leaf tells."""
    start, end = span(proof).start, span(proof).stop
    merkle: Tree = tree._tree
    kept = slice(1, None) if left_out == "first" else slice(0, -1)
    shorter = (start + 1, end) if left_out == "first" else (start, end - 1)
    hashes = [each.hex() for each in merkle.range_proof(*shorter)]

    def leave_out(p):
        p["lines"] = p["lines"][kept]
        p["proof"].update(first_leaf=shorter[0], hashes=hashes)
        for name in ("attributed", "closing"):
            missing = proof["lines"][0 if left_out == "first" else -1]["atoms"]
            p["statement"]["amounts_atoms"][name] -= missing

    found = faults(altered(proof, leave_out))
    assert any("how many lines it has" in fault for fault in found), found


def test_a_chain_that_was_rewritten_differs_from_what_others_have(tree, proof):
    def rewrite(p):
        p["roots"][0]["root_sha256"] = "0" * 64
        previous = None
        for root in p["roots"]:
            root["chain_sha256"] = chained(root, previous)
            previous = root["chain_sha256"]

    forged = altered(proof, rewrite)
    assert faults(forged) == [], "it is right in itself"
    elsewhere = {"of B": proof_of(tree, "B"), "list": {"roots": proof["roots"][:1]}}
    found = faults(forged, elsewhere)
    assert "It names another root for the period that begins on 2026-09-01." in found
    assert faults(proof, elsewhere) == []
    assert faults(proof, {"of others": {"roots": []}}) == [
        "It names no root of this contract up to this period."
    ]


def test_what_one_payee_is_shown_says_nothing_of_another(tree):
    proofs = {payee: proof_of(tree, payee) for payee in ("A", "B", "C", "Z")}
    salts = {payee: [each["salt"] for each in (p["statement"], *p["lines"])]
             for payee, p in proofs.items()}  # fmt: skip
    assert len({each for own in salts.values() for each in own}) == sum(map(len, salts.values()))
    for payee, proof in proofs.items():
        text = json.dumps(proof)
        for other in proofs.keys() - {payee}:
            assert not any(salt in text for salt in salts[other])
            assert f'"{other}"' not in text
    assert "T1" not in json.dumps(proofs["B"]), "B owns T2 alone"
    assert "T2" not in json.dumps(proofs["A"])


def test_a_line_that_can_be_guessed_cannot_be_recognised(tree):
    """Each payee knows the others' lines to the atom, and still finds none in its own proof."""
    proofs = {payee: proof_of(tree, payee) for payee in ("A", "B", "C", "Z")}
    neighbours = 0
    for payee, mine in proofs.items():
        seen = set(mine["proof"]["hashes"])
        salts = ["", *(each["salt"] for each in (mine["statement"], *mine["lines"]))]
        for theirs in (proofs[other] for other in proofs.keys() - {payee}):
            neighbours += len(seen.intersection(commitments(theirs)))
            known = [line_record(line, theirs["statement"]) for line in theirs["lines"]]
            assert not seen & {commitment(salt, content) for content in known for salt in salts}
    assert neighbours, "commitments of others are there to be tried"


def test_salts_follow_from_the_secret_and_the_leafs_number(proof):
    first = proof["proof"]["first_leaf"]
    for number, line in enumerate(proof["lines"], start=first + 1):
        expected = hmac.digest(SECRET, number.to_bytes(8, "big"), "sha256")
        assert line["salt"] == expected.hex()


def test_two_statements_of_one_payee_are_refused():
    snapshot = four_pieces()
    lines = allocate(snapshot, "pro_rata", 10, Rules())
    head = heads(snapshot, lines, {})[0]
    with pytest.raises(ValueError, match="two statements"):
        PeriodTree(proven_lines(snapshot, lines), [head, head], secret=SECRET)


def test_a_secret_of_another_length_is_refused():
    with pytest.raises(ValueError, match="has 32 bytes, not 3"):
        period_tree(four_pieces(), secret=b"key")


def test_who_has_no_statement_is_shown_nothing(tree):
    with pytest.raises(LookupError, match="'nobody' has no statement"):
        tree.disclosure("nobody")


@given(st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=5)), max_size=5))
def test_two_records_with_the_same_bytes_say_the_same(values):
    """Fields can be read back one by one, so no other list of fields has these bytes."""
    left, found = encoded(*values), []
    while left:
        if left.startswith(b"-,"):
            found, left = [*found, None], left[2:]
            continue
        length, _, rest = left.partition(b":")
        found.append(rest[: int(length)].decode())
        assert rest[int(length) : int(length) + 1] == b","
        left = rest[int(length) + 1 :]
    assert found == [None if value is None else str(value) for value in values]


UNREADABLE = {
    "nothing": ("", "cannot be read"),
    "half a file": ('{"format": "tantieme', "cannot be read"),
    "a list": ("[]", "is neither"),
    "another format": ('{"format": "tantieme statement proof 2"}', "is neither"),
    "depth": ("[" * 100_000, "cannot be read"),
    "a long number": ('{"format": ' + "9" * 5_000 + "}", "cannot be read"),
    "a name twice": ('{"format": "tantieme roots 1", "format": "x", "roots": []}', "stands twice"),
    "bytes": ("\udcff", "cannot be read"),
}


@pytest.mark.parametrize(("text", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_proof_is_refused(tmp_path, text, words):
    path = tmp_path / "proof.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(UnreadableError, match=words):
        read(str(path))


MISSHAPEN = {
    "an amount with a point": change_line("atoms", 1.0),
    "an amount in quotes": change_line("atoms", "1"),
    "true for an amount": change_line("atoms", True),
    "an amount beyond 64 bits": change_line("atoms", 2**64),
    "a salt that is short": change_line("salt", "00"),
    "a salt in capitals": change_line("salt", "AB" * 32),
    "a name that proves nothing": change_line("title", "Song"),
    "a field left out": lambda p: p["lines"][1].pop("uses"),
    "a payee that is a number": lambda p: p["statement"].update(payee=5),
    "no day": lambda p: p["statement"].update(first_day="2026-02-30"),
    "a day of another calendar": lambda p: p["statement"].update(first_day="20261001"),
    "lines that are none": lambda p: p.update(lines={}),
    "a line that is none": lambda p: p["lines"].append(None),
    "no proof": lambda p: p.pop("proof"),
    "figures that are none": lambda p: p["statement"].update(amounts_atoms=[1]),
    "figures without a closing": lambda p: p["statement"]["amounts_atoms"].pop("closing"),
    "a hash that is none": lambda p: p["proof"]["hashes"].append("x"),
    "roots that are none": lambda p: p.update(roots=None),
}


@pytest.mark.parametrize("change", MISSHAPEN.values(), ids=MISSHAPEN)
def test_a_proof_of_another_shape_is_refused_and_the_place_named(tmp_path, proof, change):
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(proof))
    assert read(str(path)) == proof
    path.write_text(json.dumps(altered(proof, change)))
    with pytest.raises(UnreadableError, match=r"proof\.json, "):
        read(str(path))
