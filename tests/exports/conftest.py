"""The worked example's settled month, as the portal's tests have it."""

from tests.portal.conftest import (  # noqa: F401 fixtures
    month,
    people,
    rendered,
    settled,
    settled_once,
    world,
)
