"""Whatever bytes arrive, a reader says rows and faults in sentences, and raises nothing."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.formats import child, ern_reader, workbook_reader
from tests.catalog.formats.messages import message
from tests.catalog.formats.reading import read
from tests.catalog.formats.test_workbooks import catalogue, xlsx
from tests.catalog.formats.works import content, transmission

CSV = "track_id,title,composer\n" + "".join(f't{i},"Söng, {i}",Ada\n' for i in range(20))
JSON = '[{"track_id": "a", "composers": [{"name": "Ada", "share_pct": 50.5}]}, {"title": "ß"}]'
WHOLE = {
    "a.csv": CSV.encode(),
    "a.json": JSON.encode(),
    "a.ndjson": JSON.strip("[]").replace("}, {", "}\n{").encode(),
    "a.v21": content(transmission()),
}
FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def spoilt(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file that was cut, or changed in a few places, or had something put into it."""
    start = draw(st.integers(0, len(whole)))
    end = draw(st.integers(start, len(whole)))
    inside = draw(st.binary(max_size=20) | st.just(b"\0") | st.just(b'"') | st.just(b"[" * 2000))
    return whole[:start] + inside + whole[end if draw(st.booleans()) else start :]


@pytest.mark.parametrize("name", WHOLE)
@given(st.data())
@FEW
def test_spoilt_text_is_rows_and_sentences(tmp_path, name, data):
    found = read(tmp_path / name, data.draw(spoilt(WHOLE[name])))
    numbers = [row.number for row in found.rows]
    assert numbers == sorted(set(numbers))
    for error in found.errors:
        assert error.message.endswith(".")
        assert error.message[0].isupper()
        assert "Traceback" not in error.message


@pytest.mark.parametrize(
    ("reader", "whole", "options"),
    [
        (ern_reader, message(), {}),
        (workbook_reader, xlsx(catalogue), {"known": ["title", "track_id"]}),
    ],
    ids=["ern", "workbook"],
)
@given(st.data())
@FEW
def test_spoilt_documents_are_answers_or_a_refusal(reader, whole, options, data):
    handle = io.BytesIO(data.draw(spoilt(whole)))
    *answers, last = child.answers_of(reader, handle, options)
    assert all("row" in answer or "place" in answer for answer in answers)
    assert last == {"end": True} or last["unreadable"].endswith(".")
