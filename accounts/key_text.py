"""How a key is written: `tantieme_<environment>_<id>_<secret><checksum>`.

The part before the secret finds the row and may be shown. The environment is `live` or `test`, so
that a key of the sandbox and one of the live installation cannot be mistaken for each other. The
checksum lets a scanner for leaked secrets tell a key from a lookalike without asking us, and lets
us tell a key that was cut off in copying from one that is wrong. Knows no database.
"""

import re
import secrets
import string
import zlib
from dataclasses import dataclass

ENVIRONMENTS = {"live": "live", "sandbox": "test"}  # of each installation
ID_LENGTH, SECRET_LENGTH, CHECKSUM_LENGTH = 12, 32, 6
LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase

_KEY = re.compile(
    rf"tantieme_(?P<environment>live|test)_(?P<id>[0-9A-Za-z]{{{ID_LENGTH}}})"
    rf"_(?P<secret>[0-9A-Za-z]{{{SECRET_LENGTH}}})(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})",
    re.ASCII,
)


@dataclass(frozen=True)
class KeyText:
    """A key's parts."""

    environment: str
    id: str
    secret: str

    @property
    def prefix(self) -> str:
        """The part that is not secret."""
        return f"tantieme_{self.environment}_{self.id}"

    def __str__(self) -> str:
        return f"{self.prefix}_{self.secret}{checksum(f'{self.prefix}_{self.secret}')}"


def new_key(installation: str) -> KeyText:
    """A fresh key for an installation."""
    return KeyText(ENVIRONMENTS[installation], _random(ID_LENGTH), _random(SECRET_LENGTH))


def read_key(text: str) -> KeyText | None:
    """The parts of what somebody sent; None if it is no whole key."""
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    key = KeyText(match["environment"], match["id"], match["secret"])
    return key if str(key) == text else None


def checksum(text: str) -> str:
    """CRC-32 in base 62."""
    rest, digits = zlib.crc32(text.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(LETTERS))
        digits = LETTERS[digit] + digits
    return digits


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
