"""What the audit log calls what was done."""

from django.utils.translation import gettext as _


def words_of(act: str) -> str:
    """The words for an act; its name where there are none."""
    return _words().get(act, act)


def _words() -> dict[str, str]:
    return {
        "security.password_changed": _("changed their password"),
        "security.email_changed": _("changed the address by which they sign in"),
        "security.app_added": _("added an authenticator app"),
        "security.app_removed": _("removed the authenticator app"),
        "security.passkey_added": _("added a passkey"),
        "security.passkey_removed": _("removed a passkey"),
        "security.codes_made": _("made new recovery codes"),
        "security.sessions_ended": _("signed out everywhere else"),
        "key.made": _("made a key"),
        "key.rotated": _("replaced a key"),
        "key.revoked": _("revoked a key"),
        "webhook.made": _("added a webhook"),
        "webhook.changed": _("changed a webhook"),
        "webhook.secret_shown": _("looked at a webhook’s secret"),
        "consent.said": _("said what may be trained on"),
        "claim.filed": _("filed a claim"),
        "claim.changed": _("did something about a claim"),
        "conflict.changed": _("did something about a conflict"),
        "person.invited": _("invited somebody"),
        "person.joined": _("joined"),
        "person.left": _("left"),
        "person.removed": _("removed somebody"),
        "person.role_changed": _("changed somebody’s role"),
        "invitation.sent_again": _("sent an invitation again"),
        "invitation.revoked": _("took an invitation back"),
        "delegation.made": _("let another organisation act"),
        "delegation.revoked": _("ended what another organisation may do"),
        "delegation.used": _("began to act for another organisation"),
    }
