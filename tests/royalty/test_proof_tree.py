"""The tree and its range proofs: RFC 6962's hashes, every range proves, nothing else does."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.merkle import Tree, leaf_hash
from royalty.proof.verify_statement import root_of_range

# Certificate Transparency's reference vectors: eight leaves, and the root of the first n of them.
# github.com/transparency-dev/merkle, testonly/constants.go; the same as in the C++ and Go logs.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
          "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# (leaf, leaves in the tree, audit path from the leaf upwards), from the same source.
PATHS = [
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
]  # fmt: skip


def vector_tree(leaf_count: int) -> Tree:
    return Tree(leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:leaf_count])


def numbered(leaf_count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(leaf_count)]


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


@pytest.mark.parametrize("leaf_count", range(9))
def test_roots_are_those_of_the_published_vectors(leaf_count):
    assert vector_tree(leaf_count).root.hex() == ROOTS[leaf_count]


@pytest.mark.parametrize(("leaf", "leaf_count", "path"), PATHS, ids=["first of 8", "sixth of 8"])
def test_a_range_of_one_leaf_is_proved_by_the_published_audit_path(leaf, leaf_count, path):
    """RFC 6962 lists a path from the leaf upwards, a range proof from left to right."""
    proof = vector_tree(leaf_count).range_proof(leaf, leaf + 1)
    assert sorted(each.hex() for each in proof) == sorted(path)


@pytest.mark.parametrize("leaf_count", range(1, 40))
def test_the_tree_is_the_one_that_the_standard_defines(leaf_count):
    leaves = numbered(leaf_count)
    assert Tree(leaves).root == by_definition(leaves)


@pytest.mark.parametrize("leaf_count", range(1, 18))
def test_every_range_of_every_small_tree_proves_and_is_short(leaf_count):
    leaves = numbered(leaf_count)
    tree = Tree(leaves)
    for start in range(leaf_count):
        for end in range(start + 1, leaf_count + 1):
            proof = tree.range_proof(start, end)
            assert root_of_range(leaves[start:end], start, leaf_count, proof) == tree.root
            assert len(proof) <= 2 * (leaf_count - 1).bit_length()


@st.composite
def ranges(draw: st.DrawFn) -> tuple[list[bytes], int, int]:
    leaf_count = draw(st.integers(1, 400))
    start = draw(st.integers(0, leaf_count - 1))
    return numbered(leaf_count), start, draw(st.integers(start + 1, leaf_count))


@given(ranges())
def test_any_range_of_any_tree_proves(case):
    leaves, start, end = case
    tree = Tree(leaves)
    assert tree.leaf_hashes(start, end) == leaves[start:end]
    proof = tree.range_proof(start, end)
    assert root_of_range(leaves[start:end], start, len(leaves), proof) == tree.root


@given(ranges(), st.data())
def test_nothing_that_was_altered_proves(case, data):
    leaves, start, end = case
    tree = Tree(leaves)
    shown, proof = leaves[start:end], list(tree.range_proof(start, end))
    for altered, first, hashes in data.draw(alterations(shown, start, proof, len(leaves))):
        assert root_of_range(altered, first, len(leaves), hashes) != tree.root


def alterations(shown: list[bytes], start: int, proof: list[bytes], leaf_count: int):
    """Lists of (leaves, first leaf, hashes), none of which is the range that was proved."""
    foreign = leaf_hash(b"of somebody else")
    at = st.integers(0, len(shown) - 1)
    changed = at.map(lambda i: ([*shown[:i], foreign, *shown[i + 1 :]], start, proof))
    doubled = at.map(lambda i: ([*shown[: i + 1], *shown[i:]], start, proof))
    fixed = [
        (shown, start, [*proof, foreign]),
        (shown, start, [foreign, *proof]),
        *([(shown[1:], start, proof), (shown[:-1], start, proof)] if len(shown) > 1 else []),
        *([(shown[1:], start + 1, proof)] if len(shown) > 1 else []),
        *([(shown[::-1], start, proof)] if len(shown) > 1 else []),
        *([(shown, start, proof[1:]), (shown, start, proof[:-1])] if proof else []),
        *([(shown, start, [foreign, *proof[1:]])] if proof else []),
        *([(shown, start - 1, proof)] if start else []),
    ]
    inside = doubled if start + len(shown) < leaf_count else changed
    return st.tuples(changed, inside).map(lambda drawn: [*drawn, *fixed])


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 3), (2, 1), (-1, 2), (4, 9), (8, 9)])
def test_a_range_that_is_none_is_refused(start, end):
    with pytest.raises(ValueError, match="are no range of a tree with 8 leaves"):
        vector_tree(8).range_proof(start, end)


def test_a_node_cannot_be_shown_as_a_leaf():
    """The prefixes of leaves and nodes differ: else two leaves would prove as one (RFC 6962)."""
    leaves = numbered(2)
    joined = leaf_hash(leaves[0] + leaves[1])
    assert joined != Tree(leaves).root
