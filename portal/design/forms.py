"""A form with each kind of field, to be looked at."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SampleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    share = forms.IntegerField(
        label=_("Share in percent"), min_value=0, max_value=100, help_text=_("Between 0 and 100.")
    )
    right = forms.ChoiceField(
        label=_("Right"),
        choices=[("composition", _("composition")), ("recording", _("recording"))],
        required=False,
    )
    day = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}), required=False)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), required=False)
    file = forms.FileField(label=_("File"), required=False)
    may_train = forms.BooleanField(label=_("It may be used for training"), required=False)
