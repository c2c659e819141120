"""The summary of what a model was trained on, and the list that proves it."""

import csv
import io
import json
from datetime import date
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Consent, Right, Track, Use, Work
from catalog.services.consents import Saying, withdraw
from catalog.services.training_sets import (
    ITEM_FORMATS,
    SUMMARY_FORMATS,
    freeze_training_set,
    items_of,
    summary_of,
)
from tests.consent.conftest import TODAY
from tests.royalty.cast import add_asset, add_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen(world, version):
    """T1 and T4, which is a recording, are trained on; T2 and T3 are controls; T5 is left out."""
    for name in ("T4", "T5"):
        world.tracks[name] = add_track(world, name, {"B": 1})
    sound = add_asset("sound")
    sound.media_type, sound.seconds, sound.size_bytes = "audio/flac", 61.2345, 1000
    sound.save()
    Track.objects.filter(ref="T4").update(
        asset=sound, title="=1+1", isrc="DEA120400001", source_url="https://label.example/x"
    )
    Track.objects.exclude(ref="T4").update(licence="CC0-1.0", source_url="https://free.example/y")
    Work.objects.filter(ref="work:T4").update(language="de")
    for right in ("composition", "recording"):
        Consent.objects.create(
            track=world.tracks["T4"], right=right, basis="contract 9", valid_from=date(2026, 2, 1)
        )
    return freeze_training_set(
        model_version=version,
        train=["T1", "T4", "T5"],
        control_calibration=["T2"],
        control_test=["T3"],
        as_of=TODAY,
        leave_out=True,
    )


def test_the_list_adds_up_to_the_summary(frozen):
    content = ITEM_FORMATS["ndjson"](items_of(frozen), frozen.digest)
    rows = [json.loads(line) for line in content.decode().splitlines()]
    trained = [row for row in rows if row["role"] == "train"]
    figures = json.loads(SUMMARY_FORMATS["json"](summary_of(frozen, items_of(frozen))))["figures"]
    assert figures["track_count"] == len(trained) == 2
    assert figures["control_count"] == len(rows) - len(trained) == 2
    assert figures["size_bytes"] == sum(row["size_bytes"] for row in trained) == 1001
    assert figures["milliseconds"] == {"audio": 61_234, "symbolic music": 1000}
    assert sum(figures["milliseconds"].values()) == sum(row["milliseconds"] for row in trained)
    for name in ("licences", "sources", "languages", "genres", "isrc_prefixes"):
        assert sum(figures[name].values()) == len(trained), name
    assert figures["consents"] == {"contract 9": 2, "licence 7": 1}
    assert figures["exclusions"] == {"no_consent": 1}
    assert {row["training_set_sha256"] for row in rows} == {frozen.digest}


def test_each_member_says_by_which_word_it_is_in(world, frozen):
    t1, t2, _, t4 = items_of(frozen)
    assert (t1.composition_consent, t1.composition_consent_from) == ("licence 7", "2026-01-01")
    assert (t1.recording_consent, t1.recording_consent_from) == ("", ""), "a score has none"
    assert (t4.recording_consent, t4.recording_consent_from) == ("contract 9", "2026-02-01")
    assert t2.composition_consent == "licence 7"
    assert "Party" not in str(items_of(frozen)), "no holder is named"


def test_what_is_forbidden_since_changes_nothing_of_what_was(world, frozen):
    before = _files(frozen)
    saying = Saying(world.parties["A"], Right.COMPOSITION, Use.TRAINING, None, date(2026, 11, 4))
    withdraw(tracks=[world.tracks["T1"]], saying=saying, today=TODAY)
    assert _files(frozen) == before


def test_what_the_catalogue_cannot_know_is_left_to_the_provider(frozen):
    document = json.loads(SUMMARY_FORMATS["json"](summary_of(frozen, items_of(frozen))))
    sections = {each["number"]: each["entries"] for each in document["sections"]}
    numbers = "1.1 1.2 1.3 2.1 2.2.1 2.2.2 2.3 2.4 2.5 2.6 3.1 3.2 3.3"
    assert " ".join(sections) == numbers
    assert [each["by"] for each in sections["3.2"]] == ["provider"]
    tracks = {each["label"]: each["text"] for each in sections["2.2.1"]}
    assert tracks["Tracks"] == "1 by consent of the rights holders."
    text = SUMMARY_FORMATS["md"](summary_of(frozen, items_of(frozen))).decode()
    assert "- Model dependencies: **To be written by the provider.**" in text
    assert frozen.digest in text


def test_the_tables_hold_no_formulas(frozen):
    items = items_of(frozen)
    table = ITEM_FORMATS["csv"](items, frozen.digest).decode()
    assert "'=1+1" in [row["title"] for row in csv.DictReader(io.StringIO(table))]
    with ZipFile(io.BytesIO(ITEM_FORMATS["xlsx"](items, frozen.digest))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "=1+1" in sheet
    assert "<f>" not in sheet, "a text, which is not computed"


def test_the_command_writes_both_and_says_what_it_cannot(frozen, tmp_path):
    out, items = tmp_path / "s.md", tmp_path / "t.xlsx"
    call_command("training_summary", "m@2", "--out", str(out), "--items", str(items))
    assert (out.read_bytes(), items.read_bytes()) == (
        SUMMARY_FORMATS["md"](summary_of(frozen, items_of(frozen))),
        ITEM_FORMATS["xlsx"](items_of(frozen), frozen.digest),
    )
    for arguments, said in [
        (["m@9", "--out", str(out)], "No training set is frozen for 'm@9'"),
        (["m@2"], "Say what to write"),
        (["m@2", "--out", "s.pdf"], "must end with .json or .md"),
        (["m@2", "--out", str(tmp_path / "no" / "s.md")], "cannot be written: No such file"),
    ]:
        with pytest.raises(CommandError, match=said):
            call_command("training_summary", *arguments)


def _files(training_set):
    items = items_of(training_set)
    lists = [write(items, training_set.digest) for write in ITEM_FORMATS.values()]
    return [
        *lists,
        *(render(summary_of(training_set, items)) for render in SUMMARY_FORMATS.values()),
    ]
