"""Whether somebody proved a moment ago who they are.

A proof is signing in, or being asked again (password, code, passkey). django-allauth keeps the
moments in the session; what asks for a fresh one allows fifteen minutes.
"""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last proof of a request's person is recent enough."""
    if not isinstance(request.user, User):
        return False
    proofs = get_authentication_records(request, request.user)
    moments = [proof["at"] for proof in proofs if proof.get("reauthenticated")]
    age_seconds = time.time() - max(moments, default=0.0)
    return bool(0 <= age_seconds < app_settings.REAUTHENTICATION_TIMEOUT)


@receiver(user_logged_in, dispatch_uid="signing in is a fresh proof")
def _note_proof(request: HttpRequest, user: User, **_: Any) -> None:
    record_authentication(request, user, "signed_in", reauthenticated=True)
