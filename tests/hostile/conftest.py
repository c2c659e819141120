"""The town of the tenancy tests, in which every name can be made hostile."""

from tests.tenancy.conftest import *  # noqa: F403 all that the town is made by
from tests.tenancy.walk import files  # noqa: F401 fixture
