"""How people prove who they are: passwords, second factors, passkeys.

Why it is so: docs/decisions/0012-people.md.

django-allauth keeps authenticators and asks for them; the pages are the portal's own, and so are
the addresses. Nobody signs up: people come by invitation.
"""

from config.environment import environment

ACCOUNT_ADAPTER = "portal.security.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proved by an invitation, or when it is changed
ACCOUNT_EMAIL_NOTIFICATIONS = True
# How long a proof of who one is lasts for what asks for a fresh one.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds

MFA_ADAPTER = "portal.security.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Tantieme"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, for telephones whose clock is a little off
# Browsers make passkeys over https, and on localhost without.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not environment().https
OPERATORS_NEED_SECOND_FACTOR = environment().operators_need_second_factor
