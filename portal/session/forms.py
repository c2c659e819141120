"""The sign-in form, in the words of this program."""

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """An e-mail address and a password."""

    error_messages = {  # noqa: RUF012 as in the parent
        "invalid_login": _("That e-mail address and password do not belong together."),
        "inactive": _("This account is closed. Ask whoever invited you."),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.label_suffix = ""
        username = self.fields["username"]
        username.label = _("E-mail address")
        username.widget.input_type = "email"
        username.widget.attrs |= {"autocomplete": "username", "spellcheck": "false"}
        if self.is_bound and self.errors:
            for name in self.fields:
                self.fields[name].widget.attrs["aria-describedby"] = "sign-in-errors"
