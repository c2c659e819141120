"""Who is let in: a whole, known key, neither revoked nor expired, with the scope it needs."""

import re
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import ApiKey, Organisation, Scope, User
from accounts.services.keys import create_key, revoke_key
from tests.api.conftest import Caller, caller_for, problem

BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def refusal(key: str) -> str:
    document = problem(Caller(key).get("generations"), 401, "invalid-key")
    return document["detail"]


def test_a_key_opens_what_is_its_platforms(acme):
    assert acme.get("generations").status_code == 200


def test_without_a_key_nothing_opens_and_the_answer_says_how(acme):
    response = Caller("").get("generations")
    assert "Authorization: Bearer" in problem(response, 401, "invalid-key")["detail"]
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_key_that_is_cut_off_or_mistyped_is_told_from_one_that_is_wrong(acme):
    assert "copied whole" in refusal(acme.key[:-1])
    assert "copied whole" in refusal(
        acme.key[:20] + ("y" if acme.key[20] == "x" else "x") + acme.key[21:]
    )
    assert "copied whole" in refusal("tantieme_live_")
    assert "copied whole" in refusal(f"{acme.key}\u00e9")


def test_a_made_up_key_with_the_right_checksum_is_not_known(acme):
    prefix, text = acme.key.rsplit("_", 1)
    for made_up in (f"{prefix}_{'a' * 32}", f"tantieme_live_{'a' * 12}_{text[:-6]}"):
        assert "not known" in refusal(made_up + checksum(made_up))


def checksum(text: str) -> str:
    """CRC-32 in base 62, by hand."""
    number, digits = zlib.crc32(text.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE_62[digit] + digits
    return digits.rjust(6, "0")


def test_a_scanner_can_tell_a_key_by_its_shape_and_checksum(acme):
    assert re.fullmatch(r"tantieme_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", acme.key)
    assert checksum(acme.key[:-6]) == acme.key[-6:]


def test_the_secret_is_nowhere_in_the_database(acme):
    secret = acme.key.rsplit("_", 1)[1][:-6]
    for row in ApiKey.objects.values():
        assert not any(secret in str(value) for value in row.values())


def test_a_revoked_key_is_refused_at_once(acme):
    revoke_key(key=ApiKey.objects.get(), as_of=timezone.now())
    assert "was revoked" in refusal(acme.key)


def test_revoking_again_keeps_the_first_moment(acme):
    first = datetime(2026, 1, 1, tzinfo=UTC)
    for moment in (first, first + timedelta(days=1)):
        revoke_key(key=ApiKey.objects.get(), as_of=moment)
    assert ApiKey.objects.get().revoked_at == first


def test_an_expired_key_is_refused(world):
    issued = create_key(
        organisation=world.platform.organisation,
        name="old",
        scopes=[Scope.READ],
        expires_at=timezone.now() - timedelta(seconds=1),
    )
    assert "has expired" in refusal(issued.text)


def test_a_key_that_reads_may_not_send(world, counts):
    reader = caller_for(world.platform.organisation, Scope.READ)
    before = counts()
    document = problem(reader.post_generation("piece-1"), 403, "forbidden")
    assert "lacks the scope 'ingest'; it has read" in document["detail"]
    problem(reader.post_json("usage", {}), 403, "forbidden")
    assert counts() == before


def test_a_key_that_sends_may_not_read(world):
    sender = caller_for(world.platform.organisation, Scope.INGEST)
    problem(sender.get("generations"), 403, "forbidden")


def test_a_rights_holders_key_is_told_that_this_is_for_platforms(orla, counts):
    before = counts()
    for response in (
        orla.get("generations"),
        orla.get("model-versions"),
        orla.post_generation("piece-1"),
        orla.post_json("usage", {}),
    ):
        document = problem(response, 403, "forbidden")
        assert "for platforms; the key acts for Orla's songs" in document["detail"]
    assert counts() == before


def test_an_operators_key_acts_for_no_platform(world):
    operator = Organisation.objects.create(name="Office", kind=Organisation.Kind.OPERATOR)
    problem(caller_for(operator).get("generations"), 403, "forbidden")


def test_another_scheme_than_bearer_is_refused(acme):
    response = acme.client.get(
        "/api/v1/generations", headers={"Authorization": f"Basic {acme.key}"}
    )
    assert "Write Bearer" in problem(response, 401, "invalid-key")["detail"]


def test_a_signed_in_person_is_nobody_to_the_api(acme, world):
    ann = User.objects.get(email="ann@example.org")
    world.platform.organisation.memberships.create(user=ann)
    browser = Caller("")
    browser.client.force_login(ann, "django.contrib.auth.backends.ModelBackend")
    problem(browser.get("generations"), 401, "invalid-key")
    problem(browser.post_generation("piece-1"), 401, "invalid-key")


def test_a_key_says_for_whom_it_asks_whoever_is_signed_in(acme, bolt, world):
    ann = User.objects.get(email="ann@example.org")
    world.platform.organisation.memberships.create(user=ann)
    bolt.client.force_login(ann, "django.contrib.auth.backends.ModelBackend")
    assert [piece["external_id"] for piece in bolt.get("generations").json()["data"]] == ["G1"]


def test_the_last_use_is_noted_but_not_at_every_request(acme):
    acme.get("generations")
    first = ApiKey.objects.get().last_used_at
    assert timezone.now() - first < timedelta(minutes=1)
    acme.get("generations")
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    acme.get("generations")
    assert ApiKey.objects.get().last_used_at > first


def test_the_use_is_noted_although_the_request_fails(acme):
    problem(acme.post_json("usage", "{"), 400, "unreadable-body")
    assert ApiKey.objects.get().last_used_at is not None


def test_a_key_is_made_listed_and_revoked_by_command(world, capsys):
    call_command("api_key", "create", world.platform.name, "--name", "loop", "--scope", "read")
    made = capsys.readouterr()
    key = made.out.strip()
    assert "cannot be shown again" in made.err
    assert Caller(key).get("generations").status_code == 200
    call_command("api_key", "list")
    listed = capsys.readouterr().out
    prefix = key.rsplit("_", 1)[0]
    assert f"{prefix}  Acme Music AI: loop; read; good; last used 2" in listed
    assert key not in listed
    call_command("api_key", "revoke", prefix)
    assert "was revoked" in refusal(key)


def test_a_key_is_kept_to_networks_limited_and_rotated_by_command(world, capsys):
    arguments = ["--name", "loop", "--network", "127.0.0.0/8", "--rate", "600/60s", "--days", "9"]
    call_command("api_key", "create", world.platform.name, *arguments)
    old = capsys.readouterr().out.strip()
    prefix = old.rpartition("_")[0]
    call_command("api_key", "rotate", prefix, "--hours", "2")
    new = capsys.readouterr().out.strip()
    call_command("api_key", "limit", prefix, "5/1s")
    assert f"{prefix}: 5/1s." in capsys.readouterr().out
    assert Caller(old).get("key").json()["rate"] == {"requests": 5, "seconds": 1}
    assert Caller(new).get("key").json()["rate"] == {"requests": 600, "seconds": 60}
    call_command("api_key", "list", world.platform.name)
    first, second = capsys.readouterr().out.splitlines()
    assert "last used 2" in first
    assert first.endswith(" from 127.0.0.1; from 127.0.0.0/8 alone; at most 5/1s")
    assert second.endswith(f"at most 600/60s; replaces {prefix}")
    call_command("api_key", "limit", prefix)
    assert ApiKey.objects.get(prefix=prefix).rate_requests is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["create", "Acme Music AI", "--name", "x", "--rate", "fast"], "'fast' is no rate"),
        (["create", "Acme Music AI", "--name", "x", "--network", "home"], "'home' is no network"),
        (["rotate", "tantieme_live_nothing"], "There is no key"),
        (["limit", "tantieme_live_nothing", "5/1s"], "There is no key"),
        (["create", "Nobody", "--name", "x"], "no organisation called 'Nobody'; there is: Acme"),
        (["create", "Acme Music AI", "--name", "x", "--days", "0"], "--days"),
        (["revoke", "tantieme_live_nothing"], "There is no key"),
    ],
)
def test_the_command_says_what_is_wrong(world, arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("api_key", *arguments)
