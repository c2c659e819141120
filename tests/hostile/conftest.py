"""The town of the tenancy tests, in which every name can be made hostile."""

from tests.tenancy.conftest import town, undone  # noqa: F401 fixtures
