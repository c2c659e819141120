"""A key may be kept to networks: elsewhere it is refused, and the answer names the address."""

import pytest

from accounts.models import ApiKey, Scope
from accounts.services.keys import KeyNotMade, create_key
from tests.api.conftest import Caller, problem


def caller(world, *networks: str) -> Caller:
    issued = create_key(
        organisation=world.platform.organisation, name="n", scopes=[Scope.READ], networks=networks
    )
    return Caller(issued.text)


def asked_from(key: Caller, address: str):
    return key.client.get("/api/v1/key", headers=key.headers(), REMOTE_ADDR=address)


@pytest.mark.parametrize(
    ("network", "inside", "outside"),
    [
        ("203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
        ("203.0.113.7", "203.0.113.7", "203.0.113.8"),
        ("2001:db8::/32", "2001:db8::1", "2001:db9::1"),
        ("203.0.113.0/24", "::ffff:203.0.113.9", "2001:db8::1"),
        ("0.0.0.0/0", "198.51.100.1", "::1"),
    ],
)
def test_it_works_inside_and_not_outside(world, network, inside, outside):
    key = caller(world, network)
    assert asked_from(key, inside).status_code == 200
    document = problem(asked_from(key, outside), 403, "address-refused")
    assert f"may not be used from {outside}" in document["detail"]


def test_any_of_several_will_do(world):
    key = caller(world, "203.0.113.0/24", "2001:db8::/32")
    for address in ("203.0.113.1", "2001:db8::1"):
        assert asked_from(key, address).status_code == 200


@pytest.mark.parametrize("address", ["", "unix:", "not an address"])
def test_where_the_address_is_unknown_a_key_with_networks_does_not_work(world, address):
    problem(asked_from(caller(world, "0.0.0.0/0", "::/0"), address), 403, "address-refused")
    assert asked_from(caller(world), address).status_code == 200


def test_behind_a_proxy_it_is_the_address_that_the_proxy_saw(world, settings):
    settings.TRUSTED_PROXIES = 1
    key = caller(world, "203.0.113.0/24")
    forged = key.client.get(
        "/api/v1/key", headers=key.headers(X_Forwarded_For="203.0.113.7, 198.51.100.1")
    )
    assert "198.51.100.1" in problem(forged, 403, "address-refused")["detail"]


def test_a_use_that_was_refused_is_no_use(world):
    key = caller(world, "203.0.113.0/24")
    asked_from(key, "198.51.100.1")
    assert ApiKey.objects.get().last_used_at is None
    asked_from(key, "203.0.113.7")
    assert ApiKey.objects.get().last_used_from == "203.0.113.7"


@pytest.mark.parametrize(
    "network", ["10.0.0.1/8", "10.0.0.0/33", "example.org", "", "fe80::1%lo/64"]
)
def test_what_is_no_network_is_refused_and_no_key_made(world, network):
    with pytest.raises(KeyNotMade, match="is no network"):
        caller(world, network)
    assert not ApiKey.objects.exists()


def test_networks_are_kept_in_one_spelling(world):
    caller(world, " 2001:0DB8::/32", "203.0.113.7", "2001:db8::/32")
    assert ApiKey.objects.get().networks == ["2001:db8::/32", "203.0.113.7/32"]
