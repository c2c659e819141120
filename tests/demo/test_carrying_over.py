"""What the demo found out reaches the year as it was found."""

import csv
import json
from base64 import b64encode
from datetime import date

import pytest

from attribution.models import Attribution
from demo.music import MANIFEST
from demo.show import DemoFailed
from demo.year.pieces import bring_in, write_pieces

pytestmark = pytest.mark.django_db
BILLION = 1_000_000_000


def found_by_a_demo() -> dict:
    """What a demo of three songs and two controls might have written."""
    with MANIFEST.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))[:5]
    first, second, third, *controls = sorted(row["track_id"] for row in rows)
    midi = b64encode((MANIFEST.parent / rows[0]["file"]).read_bytes()).decode()
    piece = {"midi": midi, "has_model_interval": True}
    two = {"tracks": [first, third], "share_ppb": [600_000_000, 150_000_000]}
    bounds = {"low_ppb": [500_000_000, 0], "high_ppb": [700_000_000, 200_000_000]}
    none = {"tracks": [], "share_ppb": [], "low_ppb": [], "high_ppb": []}
    return {
        "method": "by hand",
        "quality": {"gate_z": 3.5},
        "code_version": "test",
        "digest": "d" * 64,
        "version": "1.0",
        "roles": {
            "train": [first, second, third],
            "control_calibration": [controls[0]],
            "control_test": [controls[1]],
        },
        "pieces": [
            {"name": "a piece", "unattributed_ppb": BILLION // 4, **piece, **two, **bounds},
            {"name": "nobody's", "unattributed_ppb": BILLION, **piece, **none},
        ],
    }


def test_what_was_carried_over_and_written_again_is_the_same(tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    found = found_by_a_demo()
    first.write_text(json.dumps(found))
    _, names = bring_in(first, frozen_on=date(2026, 1, 1))
    assert names == ["a piece", "nobody's"]
    assert write_pieces(second).pieces == 2
    assert json.loads(second.read_text()) == found
    assert Attribution.objects.count() == 2


def test_without_a_finished_demo_it_says_what_to_do(tmp_path):
    with pytest.raises(DemoFailed, match="run `make demo` first"):
        write_pieces(tmp_path / "pieces.json")
    assert not (tmp_path / "pieces.json").exists()
