"""Texts that are kept where others may read, and opened by this installation alone.

AES-128-CBC with HMAC-SHA-256 (Fernet, https://github.com/fernet/spec) under a key derived from
SECRET_KEY. Whoever changes SECRET_KEY can open nothing that was sealed before.
"""

import base64
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac


class NotOpened(Exception):
    """The text was sealed under another key, is too old, or was never sealed."""


def seal(text: str, *, purpose: str) -> str:
    """The text, sealed; what is sealed for one purpose opens for no other."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str, max_age: timedelta | None = None) -> str:
    """What was sealed.

    Raises:
        NotOpened: see there.
    """
    try:
        seconds = int(max_age.total_seconds()) if max_age is not None else None
        return _box(purpose).decrypt(sealed.encode(), ttl=seconds).decode()
    except InvalidToken as error:
        raise NotOpened(f"What was sealed for {purpose} cannot be opened.") from error


def _box(purpose: str) -> Fernet:
    key = salted_hmac("portal.security.sealing", purpose, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
