"""What a rights holder fills in about consent: which tracks, what is said, from which day."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import ModelVersion, Right, Use

WITHDRAW, LIFT, AGREE = "withdraw", "lift", "agree"
WHATS = [
    (WITHDRAW, _("Forbid it")),
    (LIFT, _("Take back that you forbade it")),
    (AGREE, _("Agree to it")),
]
USES = [
    (Use.TRAINING, _("Training a model")),
    (Use.ATTRIBUTION, _("Any use: training, and comparing with generated pieces")),
]
MOST_TRACKS = 500  # by name; a search takes all that it finds


class ConsentForm(forms.Form):
    """Read from an address first, to show what will follow, and then from a form that says so."""

    what = forms.ChoiceField(label=_("What you say"), choices=WHATS)
    right = forms.ChoiceField(
        label=_("Right"), choices=[(right, _(right.label)) for right in Right]
    )
    use = forms.ChoiceField(label=_("Use"), choices=USES)
    model = forms.ModelChoiceField(
        ModelVersion.objects.none(),
        label=_("Model"),
        required=False,
        empty_label=_("Any model, those to come too"),
    )
    since = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}), initial=timezone.localdate
    )
    tracks = forms.CharField(widget=forms.HiddenInput, required=False)
    everything = forms.BooleanField(required=False, label=_("All tracks, whether chosen or not"))
    reason = forms.CharField(
        label=_("Reason, for your own records (may be empty)"), max_length=200, required=False
    )

    def __init__(self, data: Any, models: list[ModelVersion]) -> None:
        super().__init__(data)
        self.label_suffix = ""
        field: Any = self.fields["model"]
        field.queryset = ModelVersion.objects.filter(pk__in=[model.pk for model in models])

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since < timezone.localdate():
            raise forms.ValidationError(
                _("It can count from today or later, not from a day before.")
            )
        return since

    def clean_tracks(self) -> list[int]:
        chosen = self.cleaned_data["tracks"].split(",")[: MOST_TRACKS + 1]
        found = [int(each) for each in chosen if each.isascii() and each.isdecimal()]
        if len(found) > MOST_TRACKS:
            raise forms.ValidationError(
                _("Choose at most %(most)s tracks, or all of them.") % {"most": MOST_TRACKS}
            )
        return [each for each in found if each < 1 << 63]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned["tracks"] and not cleaned["everything"]:
            raise forms.ValidationError(_("Choose tracks in the list, or all of them."))
        return cleaned
