"""The worked example's music with consents: T1 is A's, T2 is B's, T3 is C's and A's."""

from datetime import date

import pytest

from accounts.models import Organisation
from catalog.models import Consent, ModelVersion, Representation
from common.jobs import dispatch
from tests.royalty.cast import World, worked_example

TODAY = date(2026, 11, 3)


@pytest.fixture
def world(db, monkeypatch) -> World:
    """A delivery agreed to training by any model, from the beginning of the year."""
    monkeypatch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)
    world = worked_example()
    for track in world.tracks.values():
        Consent.objects.create(
            track=track, right="composition", basis="licence 7", valid_from=date(2026, 1, 1)
        )
    world.platform.organisation = Organisation.objects.create(
        name="Acme", kind=Organisation.Kind.PLATFORM
    )
    world.platform.save()
    return world


@pytest.fixture
def version(world) -> ModelVersion:
    """A model that is not trained yet; the world's own, m@1, was trained on all three."""
    return ModelVersion.objects.create(platform=world.platform, name="m", version="2")


@pytest.fixture
def ada(world) -> Organisation:
    """Who acts for party A."""
    organisation = Organisation.objects.create(
        name="Ada's songs", kind=Organisation.Kind.RIGHTS_HOLDER
    )
    Representation.objects.create(organisation=organisation, party=world.parties["A"])
    return organisation
