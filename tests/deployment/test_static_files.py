"""Collecting static files while servers start and serve."""

from pathlib import Path

import pytest

from config.embedded import static_files


@pytest.fixture
def root(tmp_path: Path, settings) -> Path:
    settings.STATIC_ROOT = tmp_path / "static"
    return tmp_path / "static"


def test_what_is_collected_comes_to_its_place_in_one_move(root, monkeypatch):
    seen = []
    collect = static_files._collect

    def watched(folder: Path) -> None:
        collect(folder)
        seen.append(root.exists())

    monkeypatch.setattr(static_files, "_collect", watched)
    assert static_files.collect_if_changed()
    assert seen == [False]
    assert (root / "staticfiles.json").exists()
    assert not static_files.collect_if_changed()


def test_a_collection_that_fails_leaves_what_is_served(root, monkeypatch):
    root.mkdir()
    (root / "served.css").write_text("body {}")

    def fails(folder: Path) -> None:
        folder.mkdir()
        (folder / "half.css").write_text("")
        raise static_files.StaticFilesNotCollected("collectstatic failed: no such image")

    monkeypatch.setattr(static_files, "_collect", fails)
    with pytest.raises(static_files.StaticFilesNotCollected, match="no such image"):
        static_files.collect_if_changed()
    assert [path.name for path in root.iterdir()] == ["served.css"]
