"""What django-allauth asks this program: how secrets are kept, who may sign up, how it writes."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from accounts import audit
from accounts.models import User
from accounts.services.mails import tell_of_a_change
from portal.security.sealing import seal, unseal

_SECOND_FACTOR = "second factor"
# What allauth calls what happened, as the audit log and the e-mail call it.
CHANGES = {
    "mfa/email/totp_activated": "security.app_added",
    "mfa/email/totp_deactivated": "security.app_removed",
    "mfa/email/webauthn_added": "security.passkey_added",
    "mfa/email/webauthn_removed": "security.passkey_removed",
    "mfa/email/recovery_codes_generated": "security.codes_made",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up; the address is the one that our proxies saw; changes are noted and told of."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(request.META.get("REMOTE_ADDR") or "127.0.0.1")

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        messages.error(request, gettext("This account is closed. Ask whoever invited you."))
        return redirect("sign-in")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Its own sentences are not shown: the page that follows says what happened."""

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, *_: Any, **__: Any
    ) -> None:
        # Called once the change is committed, so that the log and the e-mail never run ahead of it.
        act = CHANGES.get(template_prefix)
        if act is not None:
            audit.recorded_by(self.request, act, "")
            tell_of_a_change(cast(User, user), act)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticators are sealed in the database."""

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=_SECOND_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, purpose=_SECOND_FACTOR)

    def _get_site_name(self) -> str:
        return "Tantieme"

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}
