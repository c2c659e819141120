"""Identifiers: published ones are taken as they are written, and slips of the pen are found."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import ean as gtin
from stdnum.iso7064 import mod_11_2, mod_37_36

from catalog import identifiers
from catalog.identifiers import IdentifierError

few = settings(max_examples=40, deadline=None)

# Kind, as it is published, normal form, as it is shown.
PUBLISHED = [
    ("isrc", "AA-6Q7-20-00047", "AA6Q72000047", "AA-6Q7-20-00047"),  # ISRC Handbook, 4th edition
    ("isrc", "ISRC US-RC1-76-07839", "USRC17607839", "US-RC1-76-07839"),  # ISO 3901's example
    ("isrc", "gb aye 69 00531", "GBAYE6900531", "GB-AYE-69-00531"),
    ("isrc", "QMFME1500001", "QMFME1500001", "QM-FME-15-00001"),  # QM: no country
    ("iswc", "T-034.524.680-1", "T0345246801", "T-034.524.680-1"),  # ISO 15707's example
    ("iswc", "ISWC T-000.000.001-0", "T0000000010", "T-000.000.001-0"),  # Dancing Queen
    ("iswc", "T0345246801", "T0345246801", "T-034.524.680-1"),
    ("ipi_name", "00014107338", "00014107338", "00014107338"),  # CISAC
    ("ipi_name", "14107338", "00014107338", "00014107338"),
    ("ipi_base", "I-000000229-7", "I0000002297", "I-000000229-7"),  # CISAC
    ("isni", "0000 0001 2281 955X", "000000012281955X", "0000 0001 2281 955X"),  # ISNI-IA
    ("isni", "https://isni.org/isni/000000012281955x", "000000012281955X", "0000 0001 2281 955X"),
    ("ean", "4006381333931", "4006381333931", "4006381333931"),  # GS1
    ("ean", "0 36000 29145 2", "0036000291452", "0036000291452"),  # the usual example of a UPC
    ("ddex_party_id", "PA-DPIDA-2007040502-I", "PADPIDA2007040502I", "PA-DPIDA-2007040502-I"),
    ("ddex_party_id", "PADPIDA2020062405C", "PADPIDA2020062405C", "PA-DPIDA-2020062405-C"),
]


@pytest.mark.parametrize(("kind", "written", "normal", "shown"), PUBLISHED)
def test_published_examples_are_read_and_shown(kind, written, normal, shown):
    assert getattr(identifiers, kind)(written) == normal
    assert getattr(identifiers, f"shown_{kind}")(normal) == shown


@pytest.mark.parametrize(
    ("kind", "written", "says"),
    [
        ("isrc", "USRC1760783", "it has 11 characters and not 12"),
        ("isrc", "U1RC17607839", "it does not begin with two letters"),
        ("isrc", "USRC1760783O", "are not all digits"),
        ("isrc", "USRÄ17607839", "third to fifth"),
        ("iswc", "T-034.524.680-2", "its check digit is 2, and would be 1"),
        ("iswc", "034.524.680-1", "it is not T and ten digits"),
        ("ipi_name", "00014107339", "its last two digits are 39, and would be 38"),
        ("ipi_name", "00000000000", "zeros stand for none; leave it empty"),
        ("ipi_name", "123456789012", "it is not 11 digits or fewer"),
        ("ipi_base", "I-000000229-8", "its check digit is 8, and would be 7"),
        ("isni", "0000 0001 2281 9550", "its check digit is 0, and would be X"),
        ("isni", "0000 0001 2281", "it is not 16 digits"),
        ("ean", "4006381333932", "its check digit is 2, and would be 1"),
        ("ean", "4.00638E+12", "a spreadsheet has rounded it"),
        ("ean", "١٢٣٤٥٦٧٨٩٠١٢٣", "it is not 12 or 13 digits"),
        ("ddex_party_id", "PADPIDA2007040502J", "its check digit is J, and would be I"),
        ("ddex_party_id", "PADPIDB2007040502I", "it is not PADPIDA"),
        ("isrc", "\x00" * 10_000, "it has 10000 characters"),
    ],
)
def test_what_is_wrong_is_said(kind, written, says):
    with pytest.raises(IdentifierError) as refused:
        getattr(identifiers, kind)(written)
    assert says in str(refused.value)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 300


def test_what_is_empty_stays_empty_when_it_is_shown():
    for kind in ("isrc", "iswc", "ipi_name", "ipi_base", "isni", "ean", "ddex_party_id"):
        assert getattr(identifiers, f"shown_{kind}")("") == ""
        with pytest.raises(IdentifierError):
            getattr(identifiers, kind)("")


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def iswc_of(nine: str) -> str:
    total = 1 + sum(at * int(digit) for at, digit in enumerate(nine, 1))
    return f"T{nine}{(10 - total % 10) % 10}"


def ipi_of(nine: str) -> str:
    rest = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), nine, strict=True))
    rest %= 101
    return nine + ("00" if rest == 0 else f"{(101 - rest) % 100:02d}")


# For each kind, well-formed ones, made by other words than those under test.
GOOD = {
    "isrc": st.from_regex(identifiers.ISRC_FORM, fullmatch=True),
    "iswc": digits(9).map(iswc_of),
    "ipi_name": digits(9).filter(lambda nine: int(nine) > 0).map(ipi_of),
    "isni": digits(15).map(lambda body: body + mod_11_2.calc_check_digit(body)),
    "ean": digits(12)
    .filter(lambda body: int(body) > 0)
    .map(lambda body: body + gtin.calc_check_digit(body)),
    "ddex_party_id": st.text(string.ascii_uppercase + string.digits, min_size=10, max_size=10).map(
        lambda body: f"PADPIDA{body}{mod_37_36.calc_check_digit(f'PADPIDA{body}')}"
    ),
}
kinds = pytest.mark.parametrize("kind", GOOD)


@kinds
@few
@given(data=st.data())
def test_a_normal_form_stays_and_what_is_shown_reads_back(kind, data):
    read, shown = getattr(identifiers, kind), getattr(identifiers, f"shown_{kind}")
    value = data.draw(GOOD[kind])
    assert read(value) == value
    assert read(f" {shown(value).lower()}\t") == value
    form = "EAN_FORM" if kind == "ean" else f"{kind.upper()}_FORM"
    assert re.fullmatch(getattr(identifiers, form), value)


def is_taken(kind: str, text: str) -> bool:
    try:
        getattr(identifiers, kind)(text)
    except IdentifierError:
        return False
    return True


@pytest.mark.parametrize("kind", ["ipi_name", "isni", "ean", "ddex_party_id"])
@few
@given(data=st.data())
def test_one_mistyped_digit_is_always_found(kind, data):
    value = data.draw(GOOD[kind])
    at = data.draw(st.integers(10 if kind == "ddex_party_id" else 0, len(value) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != value[at]))
    assert not is_taken(kind, value[:at] + wrong + value[at + 1 :])


@few
@given(value=GOOD["iswc"], at=st.sampled_from([1, 3, 7, 9, 10]), by=st.integers(1, 9))
def test_one_mistyped_digit_of_an_iswc_is_found_where_its_weight_is_coprime_to_ten(value, at, by):
    wrong = str((int(value[at]) + by) % 10)
    assert not is_taken("iswc", value[:at] + wrong + value[at + 1 :])


@pytest.mark.parametrize(("kind", "first", "last"), [("iswc", 1, 9), ("isni", 0, 14)])
@few
@given(data=st.data())
def test_two_neighbours_that_changed_places_are_found(kind, first, last, data):
    value = data.draw(GOOD[kind])
    at = data.draw(st.integers(first, last - 1))
    swapped = value[:at] + value[at + 1] + value[at] + value[at + 2 :]
    assert swapped == value or not is_taken(kind, swapped)


@few
@given(text=st.text(max_size=30), kind=st.sampled_from(sorted(GOOD)))
def test_whatever_is_taken_has_a_normal_form(text, kind):
    if is_taken(kind, text):
        value = getattr(identifiers, kind)(text)
        assert getattr(identifiers, kind)(value) == value
