"""What a person says when deciding: which way, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from royalty.models import HoldDecision, ReleaseTo

REASON_LENGTH = 300  # of the books; `royalty.services.by_hand` says so in a sentence


class ReasonForm(forms.Form):
    """A reason, which stays in the books."""

    reason = forms.CharField(label=_("Why; it stays in the books"), max_length=REASON_LENGTH)


class WhyForm(forms.Form):
    """A reason, which whoever it is about reads."""

    reason = forms.CharField(label=_("Why; the payee reads it"), max_length=REASON_LENGTH)


class ReleaseForm(ReasonForm):
    """To whom held money would go."""

    to = forms.ChoiceField(
        label=_("Who gets it"),
        choices=[
            (ReleaseTo.PARTIES, _("the period's parties, in proportion to what they earned in it")),
            (ReleaseTo.PLATFORM, _("the platform")),
        ],
    )
    field_order = ("to", "reason")


class HoldForm(ReasonForm):
    """Whether held uses count."""

    decision = forms.ChoiceField(
        label=_("These uses"),
        choices=[
            (HoldDecision.Decision.COUNT, _("count")),
            (HoldDecision.Decision.LEAVE_OUT, _("do not count")),
        ],
    )
    field_order = ("decision", "reason")
