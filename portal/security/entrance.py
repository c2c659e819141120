"""Signing in: by password, then by a second factor where there is one; or by a passkey alone."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib.auth.views import LoginView
from django.forms import Form
from django.http import HttpResponse

from accounts.models import User
from portal.session.forms import SignInForm


class SignIn(LoginView):
    """The form of address and password; whoever has a second factor is asked for it next."""

    template_name = "portal/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Form) -> HttpResponse:
        user: User = form.get_user()  # type: ignore[attr-defined]
        login = Login(user=user, redirect_url=self.get_success_url())
        response: HttpResponse = perform_password_login(self.request, {"email": user.email}, login)
        return response


sign_in = SignIn.as_view()
