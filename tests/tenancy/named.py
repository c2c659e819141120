"""Every name of the site map, by who finds something there; a new address is put in one of them."""

# The console of a platform's people, and what of it is only posted to.
CONSOLE = {"webhook", "webhook-secret", "webhook-action", "webhook-delivery"}
CONSOLE |= {"key", "rotate-key", "revoke-key", "request", "generation"}
CONSOLE |= {"sent-file", "sent-file-result"}
CONSOLE |= {"engineer:model", "engineer:training-set", "engineer:training-set-file"}
CONSOLE |= {"engineer:run", "engineer:retry", "account-period"}
PRESSED = {"webhook-secret", "webhook-action", "rotate-key", "revoke-key", "engineer:retry"}
# Claims and conflicts: who sees them beside the one who filed them, and what is only posted to.
CLAIMS = {
    "claim": set(),
    "claim-action": set(),
    "claim-file": {"ada"},
    "conflict": {"ada"},
    "conflict-action": {"ada"},
}
# The same for everybody: nobody's data is on them.
OPEN = {
    "unclaimed",
    "notices-off",
    "sign-in",
    "account_login",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "password-forgotten",
    "sign-out",
    "appearance",
    "language",
    "problem-kinds",
    "problem-kind",
    "api-reference",
    "api:schema",
    "api:schema-json",
    "api:health",
}
# For whoever has signed in or sent a key; no id stands in them.
FOR_ONESELF = {
    "home",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "security",
    "mfa_index",
    "mfa_list_webauthn",
    "password-change",
    "address",
    "end-sessions",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "mfa_add_webauthn",
    "activity",
    "activity-csv",
    "team",
    "invite",
    "delegate",
    "invite-party",
    "statements",
    "statement-roots",
    "statement-verifier",
    "claims",
    "new-claim",
    "works",
    "balance",
    "balance-csv",
    "payment-details",
    "disputes",
    "verify-statement",
    "design",
    "export",
    "ask-export",
    "notices",
    "notices-read",
    "notices-choices",
    "consent",
    "consent-confirm",
    "consent-say",
    "consent-history",
    "consent-statement",
    "webhooks",
    "act-for",
    "keys",
    "requests",
    "generations",
    "usage",
    "platform-account",
    "quick-start",
    "sandbox",
    "engineer:models",
    "engineer:runs",
    "engineer:compare",
    "api:model-versions",
    "api:uploads",
    "api:tracks",
    "api:consents",
    "api:consents-check",
    "api:consent-statements",
    "api:catalogue-deliveries",
    "api:generations",
    "api:generation-batch",
    "api:key",
    "api:key-rotate",
    "api:requests",
    "api:usage",
    "api:usage-files",
    "api:revenue",
    "api:webhook-endpoints",
    "api:webhook-events",
    "api:revenue-files",
    "api:intake-files",
    "api:jobs",
    "api:contracts",
    "api:periods",
    "api:invoices",
    "api:challenges",
    "api:lots",
}
# Found by a secret in the address, or by whose person or passkey it is (tests/people).
BY_SECRET = {"password-new", "address-confirm", "mfa_edit_webauthn", "mfa_remove_webauthn"}
BY_SECRET |= {"mfa_deactivate_totp", "mfa_view_recovery_codes"}  # nothing there without one
BY_SECRET |= {"invitation", "invitation-again", "invitation-revoke", "member-role"}
BY_SECRET |= {"member-remove", "delegation-end", "delegation-act"}
PAGES = {"statement", "statement-document", "line", "evidence", "work"}
# What Bea's people see of her money, and what of it is only posted to.
MONEY = {"payout", "payout-document", "notice", "bank-details", "tax-details", "tax-form"}
MONEY |= {"take-back-details", "dispute", "dispute-action", "dispute-file", "new-dispute"}
MONEY |= {"export-file"}
SENT = {"take-back-details", "dispute-action"}
# Only posted to.
ACTIONS = dict.fromkeys(
    [
        "api:webhook-rotate",
        "api:webhook-test",
        "api:webhook-replay",
        "api:webhook-redeliver",
        "api:features",
        "api:upload-complete",
        "api:challenge-answer",
        "api:catalogue-delivery-approve",
    ],
    "POST",
) | {"api:upload-part": "PUT"}
RESOURCES = set(ACTIONS) | {
    "api:webhook-endpoint",
    "api:webhook-secret",
    "api:webhook-deliveries",
    "api:webhook-delivery",
    "api:webhook-event",
    "api:request",
    "api:model-version",
    "api:checkpoints",
    "api:training-set",
    "api:training-set-members",
    "api:training-set-exclusions",
    "api:training-set-summary",
    "api:catalogue-delivery",
    "api:catalogue-delivery-rows",
    "api:catalogue-delivery-report",
    "api:track",
    "api:work",
    "api:generation",
    "api:generation-features",
    "api:feature-stores",
    "api:attribution",
    "api:verification",
    "api:challenge",
    "api:upload",
    "api:job",
    "api:intake-file",
    "api:intake-file-result",
    "api:period",
    "api:account",
    "api:entries",
}
# In a sandbox alone, so there is nothing here (tests/sandbox).
SANDBOX = {"api:sandbox-clock", "api:sandbox-statements", "api:sandbox-document"}
INVOICED = {"api:invoice", "api:invoice-document"}
INVOICE_PAGES = {
    "platform-invoice",
    "platform-invoice-file",
}  # tests/portal/test_platform_account.py
RECORDINGS = {"evidence-file", "evidence-spectrogram"}  # tests/evidence/test_recordings.py
