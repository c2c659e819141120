"""Resources that are there for platforms alone."""

from functools import cached_property

from accounts.api.authentication import organisation_of
from catalog.models import Platform
from common.api.problems import FORBIDDEN, Problem
from common.api.resources import Resource


class PlatformResource(Resource):
    """A resource of the platform whose key asks. Its rows are filtered by that platform, although
    the database would show no others."""

    @cached_property
    def platform(self) -> Platform:
        """The platform that asks.

        Raises:
            Problem: the key's organisation is no platform.
        """
        organisation = organisation_of(self.request)
        platform = Platform.objects.filter(organisation=organisation).first()
        if platform is None:
            raise Problem(
                FORBIDDEN,
                f"This is for platforms; the key acts for {organisation.name}, which is none.",
            )
        return platform
