"""The made-up accounts of the demo: banks' software takes them, and no bank has them."""

import pytest
from stdnum import iban

from demo.payees import example_account, example_iban
from royalty.documents.pain import check_iban


@pytest.mark.parametrize("number", [0, 1, 7, 1_211, 999_999, 9_999_999_999])
def test_example_ibans_are_valid_in_form(number):
    assert iban.is_valid(example_iban(number))
    check_iban(example_iban(number))


def test_example_ibans_name_a_bank_that_cannot_be():
    """Deutsche Bundesbank: the first digit of a bank code is its clearing area, 1 to 8."""
    assert example_iban(1_000)[4:12] == "99999999"


def test_no_two_parties_share_an_account():
    assert len({example_iban(number) for number in range(2_000)}) == 2_000


@pytest.mark.parametrize("name", ["A", "ß" * 300, "Ĝ" * 100, "O'Neill & Söhne"])
def test_a_name_of_any_length_makes_an_account(name):
    assert example_account(name, 1).name
