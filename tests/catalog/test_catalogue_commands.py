"""The two commands: import a manifest, verify what was frozen."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Asset
from catalog.services.assets import asset_path
from catalog.services.training_sets import (
    freeze_training_set,
    register_model_version,
    register_platform,
)
from tests.catalog.manifests import TODAY, assert_nothing_imported

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> tuple[str, str]:
    """What the command printed, and the sentence it failed with, if it did."""
    output = StringIO()
    try:
        call_command(*map(str, arguments), stdout=output)
    except CommandError as error:
        return output.getvalue(), str(error)
    return output.getvalue(), ""


def test_a_good_import_says_what_became_of_the_rows(folder):
    folder.add(1, 2).manifest.write_text(folder.text())
    assert run("import_catalogue", folder.manifest) == ("manifest.csv: 2 created\n", "")
    assert run("import_catalogue", folder.manifest) == ("manifest.csv: 2 unchanged\n", "")


def test_a_dry_run_changes_nothing_and_good_rows_go_in_alone(folder, tmp_path):
    folder.add(1, 2)
    folder.rows[1]["title"] = ""
    folder.manifest.write_text(folder.text())
    dry = ("--take-good-rows", "--dry-run")
    assert run("import_catalogue", folder.manifest, *dry)[0].startswith(
        "manifest.csv: 1 created, 1 rejected"
    )
    assert_nothing_imported()
    report = tmp_path / "report.csv"
    output, failure = run(
        "import_catalogue", folder.manifest, "--take-good-rows", "--report", report
    )
    assert (output.splitlines()[0], failure) == ("manifest.csv: 1 created, 1 rejected", "")
    assert "The title is missing" in report.read_text()
    assert "no sender 'x'" in run("import_catalogue", folder.manifest, "--sender", "x")[1]


def test_errors_are_an_aligned_table_and_a_failure(folder):
    folder.add(1, 2)
    folder.rows[0]["composer_share_pct"] = "80"
    folder.rows[1]["title"] = ""
    folder.manifest.write_text(folder.text())
    output, failure = run("import_catalogue", folder.manifest)
    assert failure.startswith("Nothing was imported.")
    lines = output.splitlines()
    assert lines[0] == "manifest.csv: 2 rejected"
    header, first, second = lines[3:6]
    column = header.index("message")
    assert first[column:].startswith("The shares of the composition are 80 + 40 = 120 %")
    assert second.split()[:2] == ["3", "title"]
    assert second[column:].startswith("The title is missing")
    assert_nothing_imported()


def test_the_report_is_there_as_json_too(folder):
    folder.add(1, 2)
    folder.rows[1]["title"] = ""
    folder.manifest.write_text(folder.text())
    report = json.loads(run("import_catalogue", folder.manifest, "--json")[0])
    assert report["imported"] is False
    assert report["counts"]["rejected"] == report["counts"]["held back"] == 1
    assert report["errors"][0] | {"message": ""} == {"row": 3, "field": "title", "message": ""}


def test_frozen_sets_are_verified(folder):
    folder.add(1, 2, 3).bring_in()
    platform = register_platform(code="studio", name="Studio")
    freeze_training_set(
        model_version=register_model_version(platform=platform, name="muse", version="1"),
        train=["t1"],
        control_calibration=["t2"],
        control_test=["t3"],
        as_of=TODAY,
    )
    assert run("verify_training_sets") == ("training set of muse 1: 3 tracks as frozen\n", "")
    asset_path(Asset.objects.get(tracks__ref="t2")).unlink()
    output, failure = run("verify_training_sets")
    assert "Track t2" in output
    assert failure
