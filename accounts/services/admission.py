"""Letting keys in: is this a key of ours, is it good now, and may it be used from there?"""

import hmac
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings

from accounts.key_text import ENVIRONMENTS, KeyText, read_key
from accounts.models import ApiKey
from accounts.services.keys import hash_of
from common.hashing import sha256_bytes

USE_NOTED_EVERY = timedelta(minutes=1)
_NOBODYS = sha256_bytes(b"")


class KeyRefused(Exception):
    """The key does not let anybody in; the message says why, for whoever sent it."""


class KeyUnknown(KeyRefused):
    """What was sent is no key of ours."""


class AddressRefused(Exception):
    """The key is good, but not there where it was used; the message names the address."""


def find_key(text: str) -> ApiKey:
    """The key that somebody sent, with its organisation. It may have ended.

    Whose it is nobody knows yet, so it is to be looked up as system.

    Raises:
        KeyUnknown: it is no key of this installation.
    """
    sent = read_key(text)
    if sent is None:
        raise KeyUnknown("This is no key of ours. Check that it was copied whole.")
    _refuse_other_installations(sent)
    keys = ApiKey.objects.select_related("organisation", "replaces")
    key = keys.filter(prefix=sent.prefix).first()
    expected = key.secret_sha256 if key is not None else _NOBODYS
    is_right = hmac.compare_digest(expected, hash_of(sent))
    if key is None or not is_right:
        raise KeyUnknown("This key is not known. Check that it is the right one.")
    return key


def admit_key(*, key: ApiKey, address: str | None, as_of: datetime) -> None:
    """Let a key in; notes that it was used, and from where. Needs a transaction.

    Raises:
        KeyRefused: it is revoked or has expired.
        AddressRefused: it is not to be used from there.
    """
    if key.revoked_at is not None and key.revoked_at <= as_of:
        raise KeyRefused(f"The key {key.prefix} was revoked. Use another one.")
    if key.expires_at is not None and key.expires_at <= as_of:
        raise KeyRefused(f"The key {key.prefix} has expired. Have a new one made.")
    if key.networks and not _is_inside(address, key.networks):
        raise AddressRefused(
            f"The key {key.prefix} may not be used from {address or 'where nobody can see'}."
        )
    _note_use(key, address, as_of)


def _refuse_other_installations(sent: KeyText) -> None:
    if sent.environment == ENVIRONMENTS[settings.INSTALLATION]:
        return
    where = f" at {settings.OTHER_INSTALLATION_URL}" if settings.OTHER_INSTALLATION_URL else ""
    if settings.IS_SANDBOX:
        raise KeyUnknown(f"This key is for the live installation{where}; here is the sandbox.")
    raise KeyUnknown(f"This key is for the sandbox{where}; here is the live installation.")


def _is_inside(address: str | None, networks: list[str]) -> bool:
    if address is None:
        return False
    found = ip_address(address)
    return any(found in ip_network(network) for network in networks)


def _note_use(key: ApiKey, address: str | None, as_of: datetime) -> None:
    """Note the use, unless it was just noted or another request is noting it in this moment.

    A request may take minutes and holds the row as long; others must not wait for a mere note.
    """
    if key.last_used_at is not None and as_of - key.last_used_at < USE_NOTED_EVERY:
        return
    row = ApiKey.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=key.pk)
    ApiKey.objects.filter(pk__in=list(row.values_list("pk", flat=True))).update(
        last_used_at=as_of, last_used_from=address
    )
