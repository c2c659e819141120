"""The same content has the same name everywhere."""

import pytest

from common.hashing import canonical_json, sha256_json


def test_the_order_of_keys_does_not_matter():
    assert sha256_json({"b": 1, "a": [1, 2]}) == sha256_json({"a": [1, 2], "b": 1})


def test_the_order_of_a_list_does():
    assert sha256_json([1, 2]) != sha256_json([2, 1])


def test_text_stays_readable_utf8():
    assert canonical_json({"titel": "Schöne Müllerin"}) == '{"titel":"Schöne Müllerin"}'.encode()


def test_what_has_no_one_spelling_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"share": float("nan")})
