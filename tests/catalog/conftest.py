"""A folder with a manifest that a test may spoil, and a count of everything in the catalogue."""

import pytest

from tests.catalog.manifests import ManifestFolder


@pytest.fixture
def folder(tmp_path) -> ManifestFolder:
    (tmp_path / "delivery").mkdir()
    return ManifestFolder(tmp_path / "delivery")
