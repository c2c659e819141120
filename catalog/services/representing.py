"""Who may see and do what a party may: organisations that represent it."""

from django.db import transaction

from accounts.models import Organisation
from catalog.models import Party, Representation


@transaction.atomic
def organisation_of_its_own(party: Party) -> Organisation:
    """The organisation that looks after this party and no other; made if there is none yet.

    One that looks after others as well is not taken: whoever is invited to it would see their data.
    """
    Party.objects.select_for_update().get(pk=party.pk)
    represented = Organisation.objects.filter(
        kind=Organisation.Kind.RIGHTS_HOLDER, representations__party=party
    )
    for organisation in represented.order_by("pk"):
        if not organisation.representations.exclude(party=party).exists():
            return organisation
    organisation = Organisation.objects.create(
        name=party.name[:300], kind=Organisation.Kind.RIGHTS_HOLDER
    )
    Representation.objects.create(organisation=organisation, party=party)
    return organisation
