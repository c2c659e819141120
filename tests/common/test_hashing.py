"""The same content has the same name everywhere."""

import hashlib

import pytest

from common.hashing import canonical_json, sha256_file, sha256_json


def test_the_order_of_keys_does_not_matter():
    assert sha256_json({"b": 1, "a": [1, 2]}) == sha256_json({"a": [1, 2], "b": 1})


def test_the_order_of_a_list_does():
    assert sha256_json([1, 2]) != sha256_json([2, 1])


def test_text_stays_readable_utf8():
    assert canonical_json({"titel": "Schöne Müllerin"}) == '{"titel":"Schöne Müllerin"}'.encode()


def test_what_has_no_one_spelling_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"share": float("nan")})


def test_a_files_hash_is_that_of_its_content(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(b"x" * 3_000_000)
    assert sha256_file(path) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
