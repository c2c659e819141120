"""What people of a platform fill in about webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.webhooks.catalogue import CATALOGUE
from accounts.webhooks.models import URL_LENGTH


class EndpointForm(forms.Form):
    """A new endpoint. Whether something may be sent there, the service says."""

    url = forms.CharField(
        label=_("Address"),
        max_length=URL_LENGTH,
        widget=forms.URLInput(attrs={"placeholder": "https://hooks.example.com/tantieme"}),
    )
    description = forms.CharField(label=_("Description"), max_length=200, required=False)
    event_types = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(name, name) for name in CATALOGUE if name != "ping"],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name in self.errors if self.is_bound else ():
            self.fields[name].widget.attrs["aria-describedby"] = "endpoint-errors"


class ReplayForm(forms.Form):
    """From when on events are sent once more."""

    since = forms.DateTimeField(
        label=_("Since (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    also_delivered = forms.BooleanField(label=_("Also what it took"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
