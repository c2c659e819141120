"""The small trained world, whose segments are the real ones."""

from tests.attribution.conftest import built_world, module_broker, world  # noqa: F401 fixtures
