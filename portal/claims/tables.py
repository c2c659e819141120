"""What lists of claims and of conflicts have in common, whoever reads them.

A page has both, so that their columns sort by different names: the address has one order.
"""

from django.utils.translation import gettext_lazy

from catalog.claims.models import Conflict
from portal.tables import Column

OF_CLAIMS = (
    Column("claim", gettext_lazy("Claim"), sort="title", value=lambda row: row.title),
    Column("id", value=lambda row: str(row.pk)),
    Column("right", value=lambda row: row.right),
    Column("party", gettext_lazy("For"), sort="party_name", value=lambda row: row.party_name),
    Column(
        "share_ppm",
        gettext_lazy("Share"),
        "number",
        sort="share_ppm",
        value=lambda row: row.share_ppm,
    ),
)


def _title(conflict: Conflict) -> str:
    return conflict.title.casefold()


OF_CONFLICTS = (
    Column("about", gettext_lazy("About"), sort=_title),
    Column("right", gettext_lazy("Right"), sort=lambda conflict: conflict.right),
)
