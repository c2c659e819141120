import pytest

from attribution.audio.codec import Codec
from tests.audio.tunes import small_codec


@pytest.fixture(scope="session")
def codec() -> Codec:
    return small_codec()
