"""A key is for one installation: the sandbox's opens nothing live, and the other way round."""

import pytest

from accounts.key_text import read_key
from accounts.models import Scope
from accounts.services.keys import create_key
from tests.api.conftest import Caller, caller_for, problem


@pytest.fixture
def sandbox(settings) -> None:
    settings.INSTALLATION, settings.IS_SANDBOX = "sandbox", True


def refusal(key: str) -> str:
    return problem(Caller(key).get("generations"), 401, "invalid-key")["detail"]


def test_a_sandbox_makes_and_takes_test_keys_alone(world, sandbox):
    caller = caller_for(world.platform.organisation)
    assert caller.key.startswith("tantieme_test_")
    assert caller.get("generations").status_code == 200


def test_each_refuses_the_others_keys_and_says_whose_they_are(world, settings):
    live = caller_for(world.platform.organisation).key
    assert live.startswith("tantieme_live_")
    settings.INSTALLATION, settings.IS_SANDBOX = "sandbox", True
    settings.OTHER_INSTALLATION_URL = "https://tantieme.example"
    assert refusal(live) == (
        "This key is for the live installation at https://tantieme.example; here is the sandbox."
    )
    test = caller_for(world.platform.organisation).key
    settings.INSTALLATION, settings.IS_SANDBOX = "live", False
    settings.OTHER_INSTALLATION_URL = ""
    assert refusal(test) == "This key is for the sandbox; here is the live installation."


def test_another_environments_name_in_front_of_a_key_does_not_make_it_one(world):
    organisation = world.platform.organisation
    live = create_key(organisation=organisation, name="a", scopes=[Scope.READ]).text
    assert read_key(live.replace("_live_", "_test_")) is None, "the checksum is over all of it"
    assert read_key(live.replace("_live_", "_prod_")) is None
