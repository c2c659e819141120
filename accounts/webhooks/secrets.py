"""The secrets by which endpoints know that a request is ours, and signatures made with them.

A secret is derived from the installation's SECRET_KEY and a random salt of the endpoint, by
HMAC-SHA-256 as a key derivation (NIST SP 800-108, one block), and so is stored nowhere. Whoever
changes SECRET_KEY changes all secrets; receivers then fetch theirs anew.

Signatures are those of Standard Webhooks: `v1,` and the base64 of the HMAC-SHA-256 of
`id.timestamp.body`; several, with spaces between, while a secret is being changed.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook

SALT_BYTES = 32
PREFIX = "whsec_"
_PURPOSE = "accounts.webhooks.secret"


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def secret_of(salt: bytes) -> str:
    """The secret in the form in which receivers keep it: `whsec_` and base64 of 32 bytes."""
    key = salted_hmac(_PURPOSE, bytes(salt).hex(), algorithm="sha256").digest()
    return PREFIX + base64.b64encode(key).decode()


def signatures(salts: Sequence[bytes], *, event_id: str, sent_at: datetime, body: bytes) -> str:
    """The header `webhook-signature`: one signature a secret."""
    text = body.decode()
    return " ".join(Webhook(secret_of(salt)).sign(event_id, sent_at, text) for salt in salts)
