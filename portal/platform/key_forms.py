"""What people of a platform fill in about keys."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope
from accounts.services.keys import LONGEST_OVERLAP, OVERLAP

HOUR = timedelta(hours=1)


class KeyForm(forms.Form):
    """A new key. Whether its networks are any, the service says."""

    name = forms.CharField(label=_("What it is for"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=_("Days it is good for (for ever, if left empty)"),
        min_value=1,
        max_value=3650,
        required=False,
    )
    networks = forms.CharField(
        label=_("Networks, one a line (any, if left empty)"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "203.0.113.0/24"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs["aria-describedby"] = "key-errors"

    def clean_networks(self) -> list[str]:
        lines: list[str] = self.cleaned_data["networks"].split()
        return lines


class RotationForm(forms.Form):
    """How long the old key goes on beside the new one."""

    hours = forms.IntegerField(
        label=_("Hours the old key goes on"),
        label_suffix="",
        initial=OVERLAP // HOUR,
        min_value=0,
        max_value=LONGEST_OVERLAP // HOUR,
    )
