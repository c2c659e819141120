"""JSON is read object by object, with people as lists of objects."""

import pytest

from tests.catalog.formats.reading import read


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tracks.json"


PEOPLE = """{"track_id": "t1", "title": " Night Song ", "genre": null, "consent_from": "2026-01-01",
 "composers": [{"name": "Ada Adams", "share_pct": 33.3333, "ipi": "00014107338"},
               {"name": "Ben Brown"}],
 "label": [{"name": "Harbour Records", "share_pct": 100}],
 "publisher": "Song House; Lied GmbH", "lyricists": ["Ben Brown", "Cy Clark"],
 "mood": {"key": ["minor"]}}"""


def test_people_are_lists_of_objects_and_numbers_stay_as_they_are_written(path):
    found = read(path, f"[{PEOPLE}]")
    assert found.errors == []
    assert found.rows[0].cells == {
        "track_id": "t1",
        "title": "Night Song",
        "genre": "",
        "consent_from": "2026-01-01",
        "composer": "Ada Adams;Ben Brown",
        "composer_share_pct": "33.3333;",
        "composer_ipi": "00014107338;",
        "label": "Harbour Records",
        "label_share_pct": "100",
        "publisher": "Song House; Lied GmbH",
        "lyricist": "Ben Brown;Cy Clark",
    }
    assert (found.rows[0].number, found.rows[0].place) == (2, "item 1")


def test_an_array_and_lines_hold_the_same(path):
    line = PEOPLE.replace("\n", "")
    as_lines = read(path, f"{line}\n\n{line}\n")
    as_array = read(path, f"[{PEOPLE} ,{PEOPLE}\n]")
    assert [row.cells for row in as_lines.rows] == [row.cells for row in as_array.rows]
    assert [row.place for row in as_lines.rows] == ["line 1", "line 3"]
    assert [row.number for row in as_lines.rows] == [2, 3]


def test_objects_that_lie_across_blocks_are_whole(path):
    filler = "x" * 100_000
    objects = ",".join(f'{{"track_id": "t{i}", "title": "{filler}"}}' for i in range(20))
    found = read(path, f"[{objects}]")
    assert found.errors == []
    assert [row.cells["track_id"] for row in found.rows] == [f"t{i}" for i in range(20)]


def test_a_bad_line_costs_that_line(path):
    found = read(
        path, '{"title": "A"}\n{"title": }\n[1]\n{"title": "B", "title": "C"}\n{"title": "D"}'
    )
    assert [row.cells["title"] for row in found.rows] == ["A", "D"]
    assert [str(error) for error in found.errors] == [
        "row 3: Line 2 is no JSON: Expecting value.",
        "row 4: Line 3 is no object; write {…} for each track.",
        "row 5: Line 4 is no JSON: “title” stands twice in one object.",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "row 1: The file holds no objects"),
        ("[]", "row 1: The file holds no objects"),
        ('[{"title": "A"', "row 2: Item 1 is no JSON"),
        ('{"title": NaN}', "row 2: Line 1 is no JSON: NaN is no number."),
        ('{"title": {"de": "Lied"}}', "row 2, title: Line 1: The value is a list or an object"),
        ('{"title": ["a", ["b"]]}', "row 2, title: Line 1: The value is a list or an object"),
        ('{"composers": [{"name": "A; B"}]}', "row 2, composer: Line 1: “A; B” holds a semicolon"),
        ('{"composers": [{"nom": "A"}]}', "row 2, composers: Line 1: “nom” is not known"),
        (
            '{"composer": "A", "composers": ["B"]}',
            "row 2, composer: Line 1: “composer” is said twice",
        ),
        ('[{"a": ' + "[" * 200_000, "row 2: Item 1 is no JSON: it is nested too deep."),
        ('{"a": ' * 200_000, "row 2: Line 1 has more than 1,048,576 characters"),
        ('{"title": "' + "x" * 200_000 + '"}', "row 2, title: Line 1: The cell has 200,000"),
        ('[{"title": "' + "x" * (10 << 20) + '"}]', "row 2: Item 1 is no JSON"),
        ('{"title": "a\0b"}', "row 1: Line 1 holds a NUL byte"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_nobody_can_mean_is_refused_with_its_place(path, content, said):
    found = read(path, content)
    assert found.rows == []
    assert found.only_error.startswith(said)


def test_behind_a_broken_object_of_an_array_nothing_is_read(path):
    found = read(path, '[{"title": "A"}, {"title": oops}, {"title": "B"}]')
    assert [row.cells["title"] for row in found.rows] == ["A"]
    assert found.only_error == "row 3: Item 2 is no JSON: Expecting value."


def test_a_sender_s_own_names_are_read_by_the_mapping(path):
    found = read(path, '{"Titel": "Nachtlied", "nr": 7}', title="Titel", track_id="nr")
    assert found.columns == ("Titel", "nr")
    assert found.rows[0].cells == {"title": "Nachtlied", "track_id": "7"}
