"""Advertising: what advertisers paid beside a piece goes to that piece."""

from collections.abc import Mapping

from royalty.apportionment.models.per_output import PerOutput


class Advertising(PerOutput):
    """r_g = pool · f_g / Σ f, f_g the advertising revenue shown on piece g.

    The arithmetic is that of per output; what differs is what f_g counts, and that the platform's
    commission is customarily higher: video platforms keep 45 % and pay on 55 % of net revenues
    (YouTube Partner Program, Watch Page Monetization Module, section 2). The contract states it.
    """

    name = "advertising"

    def sentence(self, parameters: Mapping[str, int]) -> str:
        """See AllocationModel."""
        return "What advertising beside a piece brought goes to that piece."
