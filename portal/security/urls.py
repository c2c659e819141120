"""The addresses of signing in and of one's own security.

Names with `account_` and `mfa_` are those that django-allauth asks for.
"""

from allauth.account.views import ReauthenticateView
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.cache import never_cache

from portal.security import entrance, passwords, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/code/", never_cache(factors.authenticate), name="mfa_authenticate"),
    path("sign-in/passkey/", never_cache(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("password/forgotten/", passwords.forgotten, name="password-forgotten"),
    path("password/new/<uidb64>/<token>/", passwords.new_password, name="password-new"),
    path("confirm/", never_cache(ReauthenticateView.as_view()), name="account_reauthenticate"),
    path("confirm/code/", never_cache(factors.reauthenticate), name="mfa_reauthenticate"),
    path(
        "confirm/passkey/",
        never_cache(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("security/", views.security, name="security"),
    path("security/", views.security, name="mfa_index"),
    path("security/", views.security, name="mfa_list_webauthn"),
    path("security/password/", passwords.change, name="password-change"),
    path("security/address/", views.address, name="address"),
    path("security/address/<str:token>/", views.confirm_address, name="address-confirm"),
    path("security/sessions/", views.end_others, name="end-sessions"),
    path("security/app/", never_cache(app.activate_totp), name="mfa_activate_totp"),
    path("security/app/remove/", never_cache(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("security/codes/", never_cache(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "security/codes/new/",
        never_cache(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("security/passkeys/add/", never_cache(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "security/passkeys/<int:pk>/name/",
        never_cache(passkeys.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "security/passkeys/<int:pk>/remove/",
        never_cache(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
]
