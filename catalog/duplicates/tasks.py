"""Which job finds duplicates."""

from typing import Any

from catalog.duplicates.services.finding import KIND, find_duplicates
from common.database import tenancy
from common.jobs.registry import Progress, handler


@handler(KIND)
def fingerprint(_payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """After a delivery: whoever sent it, what is new is compared with everybody's."""
    with tenancy.working_as(tenancy.SYSTEM):
        return find_duplicates(progress).as_json()
