"""Keys by which programs act for an organisation.

A key is `tantieme_live_<id>_<secret><checksum>`. The part before the secret finds the row and may
be shown; the secret is random, shown once, and kept as a hash alone. The checksum lets a scanner
for leaked secrets tell a key from a lookalike without asking us, and lets us tell a key that was
cut off in copying from one that is wrong. A key needs no slow hash: nobody guesses 190 random bits.
"""

import hmac
import re
import secrets
import string
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import ApiKey, Organisation, Scope, User
from common.database import tenancy
from common.hashing import sha256_bytes

ENVIRONMENT = "tantieme_live"
ID_LENGTH, SECRET_LENGTH, CHECKSUM_LENGTH = 12, 32, 6
LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
USE_NOTED_EVERY = timedelta(minutes=1)

_KEY = re.compile(
    rf"(?P<prefix>{ENVIRONMENT}_[0-9A-Za-z]{{{ID_LENGTH}}})"
    rf"_(?P<secret>[0-9A-Za-z]{{{SECRET_LENGTH}}})(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})",
    re.ASCII,
)


class KeyRefused(Exception):
    """The key does not let anybody in; the message says why, for whoever sent it."""


@dataclass(frozen=True)
class IssuedKey:
    """A new key. `text` is the secret itself, which nobody can show again."""

    row: ApiKey
    text: str


def create_key(
    *,
    organisation: Organisation,
    name: str,
    scopes: Collection[Scope],
    created_by: User | None = None,
    expires_at: datetime | None = None,
) -> IssuedKey:
    """Make a key for an organisation."""
    prefix = f"{ENVIRONMENT}_{_random(ID_LENGTH)}"
    secret = _random(SECRET_LENGTH)
    row = ApiKey.objects.create(
        organisation=organisation,
        name=name,
        prefix=prefix,
        secret_sha256=_hash(secret),
        scopes=sorted(set(scopes)),
        created_by=created_by,
        expires_at=expires_at,
    )
    return IssuedKey(row, f"{prefix}_{secret}{_checksum(f'{prefix}_{secret}')}")


def use_key(*, text: str, as_of: datetime) -> ApiKey:
    """The key that somebody sent, with its organisation; notes that it was used.

    Whoever asks is nobody yet, so the row is looked up as system. Needs a transaction.

    Raises:
        KeyRefused: no key of ours, or one that is revoked or has expired.
    """
    prefix, secret = _parts(text)
    with tenancy.acting_as(tenancy.SYSTEM):
        key = ApiKey.objects.select_related("organisation").filter(prefix=prefix).first()
        expected = key.secret_sha256 if key is not None else _hash("")
        is_right = hmac.compare_digest(expected, _hash(secret))
        if key is None or not is_right:
            raise KeyRefused("This key is not known. Check that it is the right one.")
        _refuse_ended(key, as_of)
        _note_use(key, as_of)
    return key


def revoke_key(*, key: ApiKey, as_of: datetime) -> None:
    """End a key at once; one that is revoked keeps its first moment."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=as_of)


def _parts(text: str) -> tuple[str, str]:
    match = _KEY.fullmatch(text)
    if match is None or match["checksum"] != _checksum(f"{match['prefix']}_{match['secret']}"):
        raise KeyRefused("This is no key of ours. Check that it was copied whole.")
    return match["prefix"], match["secret"]


def _refuse_ended(key: ApiKey, as_of: datetime) -> None:
    if key.revoked_at is not None and key.revoked_at <= as_of:
        raise KeyRefused(f"The key {key.prefix} was revoked. Use another one.")
    if key.expires_at is not None and key.expires_at <= as_of:
        raise KeyRefused(f"The key {key.prefix} has expired. Have a new one made.")


def _note_use(key: ApiKey, as_of: datetime) -> None:
    """Note the use, unless it was just noted or another request is noting it in this moment.

    A request may take minutes and holds the row as long; others must not wait for a mere note.
    """
    if key.last_used_at is not None and as_of - key.last_used_at < USE_NOTED_EVERY:
        return
    row = ApiKey.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=key.pk)
    ApiKey.objects.filter(pk__in=list(row.values_list("pk", flat=True))).update(last_used_at=as_of)


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def _hash(secret: str) -> str:
    return sha256_bytes(secret.encode())


def _checksum(text: str) -> str:
    """CRC-32 in base 62."""
    rest, digits = zlib.crc32(text.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(LETTERS))
        digits = LETTERS[digit] + digits
    return digits
