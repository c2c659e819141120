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
        "objection.opened": _("objected to an amount"),
        "objection.changed": _("did something about an objection"),
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
        "bank_details.entered": _("entered new bank details"),
        "bank_details.taken_back": _("took new bank details back"),
        "tax_details.entered": _("entered tax details"),
        "export.asked": _("asked for a copy of all data"),
        "export.fetched": _("downloaded a copy of all data"),
        "contract.agreed": _("wrote down a contract’s terms"),
        "period.compute": _("computed a period"),
        "period.review": _("reviewed a period"),
        "period.close": _("closed a period"),
        "period.publish": _("published a period’s statements"),
        "period.reopen": _("opened a period again"),
        "payout.drafted": _("drafted a payout"),
        "payout.approve": _("approved a payout"),
        "payout.exported": _("downloaded a payout’s file for the bank"),
        "payout.sent": _("marked a payout as sent"),
        "payout.settle": _("marked a payout as paid"),
        "payout.report": _("read the bank’s report of a payout"),
        "payout.discard": _("discarded a payout"),
        "payout.returned": _("booked a payment that came back"),
        "release.ask": _("asked for held money to be released"),
        "release.approve": _("approved the release of held money"),
        "release.decline": _("declined the release of held money"),
        "usage_hold.decide": _("decided upon strange uses"),
        "job.retry": _("ran a failed job again"),
    }
