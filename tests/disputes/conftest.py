"""The worked example's settled month, as the portal's tests have it."""

from tests.portal.conftest import month, people, settled, settled_once, world  # noqa: F401 fixtures
