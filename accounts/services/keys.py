"""Keys by which programs act for an organisation: making, rotating and ending them.

A secret is random, shown once, and kept as a hash alone; it needs no slow one, since nobody guesses
190 random bits. Letting a key in is `accounts.services.admission`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.key_text import KeyText, new_key
from accounts.models import ApiKey, Organisation, Scope, User
from common.api.rates import Rate
from common.hashing import sha256_bytes

OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=7)
MOST_NETWORKS = 50


class KeyNotMade(Exception):
    """No key was made; the message says why, for whoever asked for it."""


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
    networks: Collection[str] = (),
    rate: Rate | None = None,
) -> IssuedKey:
    """Make a key for an organisation.

    Args:
        networks: from which it may be used, such as `10.0.0.0/8`; from any if there are none.
        rate: how often it may be used; as often as `API_RATE` says without one.

    Raises:
        KeyNotMade: one of the networks is none.
    """
    row = ApiKey(
        organisation=organisation,
        name=name,
        scopes=sorted(set(scopes)),
        created_by=created_by,
        expires_at=expires_at,
        networks=in_one_spelling(networks),
        rate_requests=rate.requests if rate is not None else None,
        rate_seconds=rate.seconds if rate is not None else None,
    )
    return _issue(row)


@transaction.atomic
def rotate_key(
    *,
    key: ApiKey,
    as_of: datetime,
    overlap: timedelta = OVERLAP,
    created_by: User | None = None,
    lasts_until: datetime | None = None,
) -> IssuedKey:
    """Make a key that replaces another, with its name, scopes, networks and rate.

    The old one goes on for `overlap` and then expires. Rotating it again replaces a new key that
    was never used, in case its secret was lost on its way; it does not make the overlap longer.

    Args:
        lasts_until: when the new key expires; None for never. A new key that takes the place of
            one that was never used expires when that one would have.

    Raises:
        KeyNotMade: it has ended, the overlap is too long, or the key that replaces it is in use.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise KeyNotMade(f"The overlap must be from 0 to {_hours(LONGEST_OVERLAP)} hours.")
    old = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if has_ended(old, as_of):
        raise KeyNotMade(f"The key {old.prefix} has ended; make a new one.")
    unused = _unused_successor(old)
    if unused is not None:
        revoke_key(key=unused, as_of=as_of)
        lasts_until = unused.expires_at
    ends_at = as_of + overlap
    if old.expires_at is None or ends_at < old.expires_at:
        ApiKey.objects.filter(pk=old.pk).update(expires_at=ends_at)
    return _issue(
        ApiKey(
            organisation=key.organisation,
            name=old.name,
            scopes=old.scopes,
            created_by=created_by,
            expires_at=lasts_until,
            networks=old.networks,
            rate_requests=old.rate_requests,
            rate_seconds=old.rate_seconds,
            replaces=old,
        )
    )


def lifetime_again(key: ApiKey, as_of: datetime) -> datetime | None:
    """When a key expires that is made now to last as long as this one was made to."""
    return as_of + (key.expires_at - key.created_at) if key.expires_at is not None else None


def revoke_key(*, key: ApiKey, as_of: datetime) -> None:
    """End a key at once; one that is revoked keeps its first moment."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=as_of)


def limit_key(*, key: ApiKey, rate: Rate | None) -> None:
    """Say how often a key may be used; without a rate, as often as `API_RATE` says."""
    ApiKey.objects.filter(pk=key.pk).update(
        rate_requests=rate.requests if rate is not None else None,
        rate_seconds=rate.seconds if rate is not None else None,
    )


def has_ended(key: ApiKey, as_of: datetime) -> bool:
    """Whether a key is revoked or has expired."""
    return any(end is not None and end <= as_of for end in (key.revoked_at, key.expires_at))


def keys_expiring_before(moment: datetime, *, as_of: datetime) -> QuerySet[ApiKey]:
    """Keys that are good now and expire before a moment, and that no other key replaces."""
    is_replaced = Q(successors__isnull=False, successors__revoked_at=None)
    return (
        ApiKey.objects.filter(revoked_at=None, expires_at__gt=as_of, expires_at__lt=moment)
        .exclude(is_replaced)
        .select_related("organisation")
        .order_by("expires_at", "pk")
    )


def in_one_spelling(networks: Collection[str]) -> list[str]:
    """Networks as they are kept.

    Raises:
        KeyNotMade: one of them is none, or there are too many.
    """
    if len(networks) > MOST_NETWORKS:
        raise KeyNotMade(f"A key takes {MOST_NETWORKS} networks at most.")
    return sorted({_network(text) for text in networks})


def hash_of(text: KeyText) -> str:
    """What is kept of a key's secret."""
    return sha256_bytes(text.secret.encode())


def _network(text: str) -> str:
    try:
        return str(ip_network(text.strip()))
    except ValueError as error:
        raise KeyNotMade(
            f"{text[:50]!r} is no network: {error}. Write such as 203.0.113.0/24 or 2001:db8::/32."
        ) from None


def _issue(row: ApiKey) -> IssuedKey:
    text = new_key(settings.INSTALLATION)
    row.prefix, row.secret_sha256 = text.prefix, hash_of(text)
    row.save(force_insert=True)
    return IssuedKey(row, str(text))


def _unused_successor(old: ApiKey) -> ApiKey | None:
    """The key that replaces another already, though nobody has used it.

    Raises:
        KeyNotMade: somebody has.
    """
    successor = ApiKey.objects.filter(replaces=old, revoked_at=None).first()
    if successor is not None and successor.last_used_at is not None:
        raise KeyNotMade(
            f"The key {old.prefix} was replaced by {successor.prefix}, which is in use; rotate "
            "that one."
        )
    return successor


def _hours(span: timedelta) -> int:
    return int(span / timedelta(hours=1))
