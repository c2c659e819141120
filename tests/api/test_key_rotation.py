"""Rotation: a new key beside the old one, which ends by itself; nothing is won by repeating it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Scope
from accounts.services.keys import (
    KeyNotMade,
    create_key,
    keys_expiring_before,
    lifetime_again,
    revoke_key,
    rotate_key,
)
from common.api.models import StoredResponse
from common.api.rates import Rate
from tests.api.conftest import Caller, caller_for, problem

DAY = timedelta(days=1)


def row(caller: Caller) -> ApiKey:
    return ApiKey.objects.get(prefix=caller.key.rpartition("_")[0])


def rotated(caller: Caller, body: object = None) -> Caller:
    response = caller.post_json("key/rotate", {} if body is None else body)
    assert response.status_code == 201, response.content
    return Caller(response.json()["key"])


def test_the_new_key_is_as_good_and_the_old_one_goes_on_for_a_day(world):
    issued = create_key(
        organisation=world.platform.organisation,
        name="loop",
        scopes=[Scope.READ, Scope.MONEY],
        networks=["127.0.0.0/8"],
        rate=Rate(50, 10),
    )
    old = Caller(issued.text)
    before = timezone.now()
    new = rotated(old)
    said = new.get("key").json()
    assert (said["name"], said["scopes"]) == ("loop", ["money", "read"])
    assert (said["networks"], said["rate"]) == (["127.0.0.0/8"], {"requests": 50, "seconds": 10})
    assert said["replaces"] == issued.row.prefix
    assert old.get("key").json()["replaced_by"] == said["prefix"]
    assert before + DAY <= row(old).expires_at <= timezone.now() + DAY
    ApiKey.objects.filter(pk=issued.row.pk).update(expires_at=before)
    problem(old.get("key"), 401, "invalid-key")
    assert new.get("key").status_code == 200


def test_the_overlap_can_be_told(acme):
    rotated(acme, {"overlap_hours": 1})
    assert row(acme).expires_at <= timezone.now() + timedelta(hours=1)


@pytest.mark.parametrize("hours", [0, -1, 169, 1.5, True, "24", None, 10**30])
def test_an_overlap_that_is_none_is_refused(acme, hours):
    document = problem(acme.post_json("key/rotate", {"overlap_hours": hours}), 422, "invalid")
    assert document["errors"][0]["pointer"] == "/overlap_hours"
    assert ApiKey.objects.count() == 1


def test_a_key_without_a_body_is_rotated_as_usual(acme):
    response = acme.client.generic("POST", "/api/v1/key/rotate", headers=acme.headers())
    assert response.status_code == 201


def test_a_lost_answer_is_made_good_by_asking_again(acme):
    lost = rotated(acme)
    ends_at = row(acme).expires_at
    again = rotated(acme)
    assert "was revoked" in problem(lost.get("key"), 401, "invalid-key")["detail"]
    assert again.get("key").json()["replaces"] == row(acme).prefix
    assert row(acme).expires_at == ends_at, "the overlap does not begin anew"
    assert row(again).expires_at is None, "nor does the new key end with it"


def test_once_the_new_key_is_used_the_old_one_makes_no_other(acme):
    new = rotated(acme)
    assert new.get("generations").status_code == 200
    document = problem(acme.post_json("key/rotate", {}), 409, "conflict")
    assert f"replaced by {row(new).prefix}, which is in use" in document["detail"]
    assert ApiKey.objects.count() == 2


def test_a_chain_of_rotations_goes_on_from_the_newest(acme):
    second = rotated(acme)
    third = rotated(second)
    assert third.get("key").json()["replaces"] == row(second).prefix


def test_a_program_does_not_make_its_key_last_longer(world):
    until = timezone.now() + 10 * DAY
    issued = create_key(
        organisation=world.platform.organisation, name="a", scopes=[Scope.READ], expires_at=until
    )
    old = Caller(issued.text)
    assert row(rotated(old)).expires_at == until
    assert row(rotated(old)).expires_at == until, "though the old one ends earlier by now"


def test_a_key_that_ends_before_the_overlap_is_not_made_to_last_longer(world):
    until = timezone.now() + timedelta(hours=2)
    issued = create_key(
        organisation=world.platform.organisation, name="a", scopes=[Scope.READ], expires_at=until
    )
    rotated(Caller(issued.text))
    issued.row.refresh_from_db()
    assert issued.row.expires_at == until


def test_the_secret_is_stored_nowhere_though_there_is_an_idempotency_key(acme):
    response = acme.post_json("key/rotate", {}, Idempotency_Key="k-1")
    assert not StoredResponse.objects.exists()
    assert response["Cache-Control"] == "no-store"
    secret = response.json()["key"].rpartition("_")[2][:-6]
    assert not any(secret in str(list(each.values())) for each in ApiKey.objects.values())


@pytest.mark.parametrize("scope", list(Scope))
def test_any_scope_may_look_at_its_own_key_and_rotate_it(world, scope):
    caller = caller_for(world.platform.organisation, scope)
    assert caller.get("key").json()["scopes"] == [scope]
    assert rotated(caller).get("key").json()["scopes"] == [scope]


def test_an_ended_key_is_not_rotated(acme):
    revoke_key(key=row(acme), as_of=timezone.now())
    with pytest.raises(KeyNotMade, match="has ended"):
        rotate_key(key=row(acme), as_of=timezone.now())


def test_people_make_a_key_last_as_long_as_it_was_made_for(world):
    now = timezone.now()
    key = create_key(
        organisation=world.platform.organisation,
        name="a",
        scopes=[Scope.READ],
        expires_at=now + 90 * DAY,
    ).row
    later = now + 80 * DAY
    issued = rotate_key(key=key, as_of=later, lasts_until=lifetime_again(key, later))
    assert abs(issued.row.expires_at - (later + 90 * DAY)) < timedelta(minutes=1)


def test_keys_that_expire_soon_are_found_unless_others_replace_them(world):
    now, organisation = timezone.now(), world.platform.organisation
    ends = {"soon": 3 * DAY, "later": 30 * DAY, "over": -DAY, "replaced": 2 * DAY}
    keys = {
        name: create_key(
            organisation=organisation, name=name, scopes=[Scope.READ], expires_at=now + span
        ).row
        for name, span in ends.items()
    }
    create_key(organisation=organisation, name="for ever", scopes=[Scope.READ])
    rotate_key(key=keys["replaced"], as_of=now)
    assert [key.name for key in keys_expiring_before(now + 7 * DAY, as_of=now)] == ["soon"]
