"""E-mails about a person's own account: text alone, each a job that writes the letter as it sends.

A link that lets somebody in is made by the job, so that it stands in the e-mail and nowhere else.
Jobs are the system's: whoever asks for a new password is nobody yet. Done again after a failure, an
e-mail may come twice; both links are good until one of them was used.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.notices.models import Kind
from accounts.notices.services import notify
from accounts.roles import Role
from accounts.services.membership import link_token
from common.database import tenancy
from common.hashing import sha256_bytes
from common.jobs.dispatch import enqueue

RESET, CHANGED, NEW_ADDRESS = "accounts.reset", "accounts.changed", "accounts.new_address"
MAX_ATTEMPTS = 8
# One e-mail an address in as many minutes, however often somebody asks.
MINUTES_BETWEEN_RESETS = 5
NEW_ADDRESS_SALT = "accounts.new-address"


def ask_for_reset(email: str) -> None:
    """Queue the e-mail by which somebody chooses a new password; for a stranger's address too.

    Whether there is such an account is looked up by the job, so that asking takes as long and ends
    the same for both.
    """
    asked = email.strip().casefold()
    slot = int(timezone.now().timestamp()) // (60 * MINUTES_BETWEEN_RESETS)
    _enqueue(RESET, {"email": asked}, key=f"reset:{sha256_bytes(asked.encode())}:{slot}")


def send_reset(payload: dict[str, Any]) -> dict[str, Any]:
    """Send it, if somebody with that address signs in by a password here."""
    user = User.objects.filter(email__iexact=payload["email"], is_active=True).first()
    if user is None:
        return {"sent": 0}
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    link = f"{settings.PUBLIC_URL}/password/new/{uid}/{default_token_generator.make_token(user)}/"
    with translation.override(user.language or settings.LANGUAGE_CODE):
        body = _(
            "Hello %(name)s,\n\nsomebody asked to choose a new password for this address. If it was"
            " you, open this page within an hour; it works once:\n\n%(link)s\n\nIf it was not you,"
            " do nothing: your password stays as it is.\n"
        ) % {"name": user, "link": link}
        _send(_("Choose a new password"), body, user.email)
    return {"sent": 1}


def tell_of_a_change(user: User, what: str) -> None:
    """Say what changed about how somebody signs in: by e-mail, always, and among their notices.

    Args:
        user: with the address that the e-mail goes to.
        what: a key of `changes()`.
    """
    payload = {
        "user": user.pk,
        "what": what,
        "to": user.email,
        "at": f"{timezone.now():%Y-%m-%d %H:%M}",
    }
    _enqueue(CHANGED, payload)

    def sentence() -> str:
        return capfirst(changes()[what])

    with tenancy.acting_as(tenancy.SYSTEM):
        own = list(user.memberships.values_list("organisation_id", flat=True))
    notify(Kind.SECURITY, own, sentence, "/security/", only=[user], by_mail=False)


def send_change(payload: dict[str, Any]) -> dict[str, Any]:
    """Send it, to the address that somebody had when it happened."""
    user = User.objects.get(pk=payload["user"])
    with translation.override(user.language or settings.LANGUAGE_CODE):
        body = _(
            "Hello %(name)s,\n\n%(what)s It was done on %(at)s UTC.\n\nIf it was you, there is"
            " nothing to do. If it was not, choose a new password at once and sign out everywhere"
            " else:\n\n%(link)s\n"
        ) % {
            "name": user,
            "what": changes()[payload["what"]],
            "at": payload["at"],
            "link": f"{settings.PUBLIC_URL}/security/",
        }
        _send(_("How you sign in was changed"), body, payload["to"])
    return {"sent": 1}


def changes() -> dict[str, str]:
    """What the e-mail says of each change, in the language of the moment."""
    return {
        "security.password_changed": _("your password was changed."),
        "security.email_changed": _("the e-mail address by which you sign in was changed."),
        "security.app_added": _("an authenticator app was added to your account."),
        "security.app_removed": _("the authenticator app was removed from your account."),
        "security.passkey_added": _("a passkey was added to your account."),
        "security.passkey_removed": _("a passkey was removed from your account."),
        "security.codes_made": _("new recovery codes were made; the old ones are void."),
    }


def ask_for_new_address(user: User, address: str) -> None:
    """Queue the e-mail by which somebody proves that a new address is theirs."""
    _enqueue(NEW_ADDRESS, {"user": user.pk, "address": address})


def send_new_address(payload: dict[str, Any]) -> dict[str, Any]:
    """Send it, unless the address is somebody's; asking must not tell whether it is."""
    user, address = User.objects.get(pk=payload["user"]), payload["address"]
    if User.objects.filter(email__iexact=address).exists():
        return {"sent": 0}
    token = signing.dumps([user.pk, user.email, address], salt=NEW_ADDRESS_SALT)
    with translation.override(user.language or settings.LANGUAGE_CODE):
        body = _(
            "Hello %(name)s,\n\nto sign in by this address from now on, open this page within a"
            " day; it works once:\n\n%(link)s\n\nUntil then nothing changes.\n"
        ) % {"name": user, "link": f"{settings.PUBLIC_URL}/security/address/{token}/"}
        _send(_("Confirm your new address"), body, address)
    return {"sent": 1}


def send_invitation(payload: dict[str, Any]) -> dict[str, Any]:
    """Send an invitation, unless it was taken back or sent again meanwhile."""
    invitation = (
        Invitation.objects.filter(
            pk=payload["invitation"], sending=payload["sending"], accepted_at=None, revoked_at=None
        )
        .select_related("organisation", "invited_by")
        .first()
    )
    if invitation is None:
        return {"sent": 0}
    known = User.objects.filter(email__iexact=invitation.email).first()
    with translation.override((known and known.language) or settings.LANGUAGE_CODE):
        body = _(
            "Hello,\n\n%(by)s invites you to %(organisation)s on Tantieme, as %(role)s. Open this"
            " page within seven days to accept; it works once:\n\n%(link)s\n\nIf you do not know"
            " what this is about, do nothing.\n"
        ) % {
            "by": invitation.invited_by,
            "organisation": invitation.organisation,
            "role": Role(invitation.role).label,
            "link": f"{settings.PUBLIC_URL}/invitation/{link_token(invitation)}/",
        }
        _send(_("You are invited"), body, invitation.email)
    return {"sent": 1}


def _enqueue(kind: str, payload: dict[str, Any], key: str = "") -> None:
    with tenancy.acting_as(tenancy.SYSTEM):
        enqueue(kind, payload, key=key, max_attempts=MAX_ATTEMPTS)


def _send(subject: str, body: str, to: str) -> None:
    EmailMessage(subject=subject, body=body, to=[to]).send()
