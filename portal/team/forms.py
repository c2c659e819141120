"""The forms by which an organisation's people are invited and given roles, and others may act."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.services.delegation import GRANTED


class InvitationForm(forms.Form):
    """Whom, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class RoleForm(forms.Form):
    """As what somebody belongs to it from now on."""

    role = forms.ChoiceField(choices=Role.choices)


class NewAccountForm(forms.Form):
    """What somebody who was invited says of themselves; the address is the invitation's."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("A password of at least ten characters"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self._email = email

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("password"):
            person = User(email=self._email, name=said.get("name", ""))
            try:
                validate_password(said["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return said


class DelegationForm(forms.Form):
    """Who may act, in what, and until when.

    The other organisation is named by its number, which its people find on their own team page:
    names are not looked up, so that nobody learns who else is here.
    """

    delegate = forms.IntegerField(label=_("Number of the other organisation"), min_value=1)
    acts = forms.MultipleChoiceField(
        label=_("Beside reading, they may do"),
        choices=[(act.value, act.label) for act in GRANTED],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = forms.DateField(
        label=_("From (today if empty)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    ends_on = forms.DateField(
        label=_("Until, and not on that day (without end if empty)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
