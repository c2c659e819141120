"""What is filled in to deliver a file: whose it is, and what its columns mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.formats import suggest_mapping
from catalog.formats.source import LARGEST_BYTES
from catalog.manifest.columns import KNOWN_COLUMNS
from catalog.models import Sender
from portal.catalogue.staging import Header

MEBIBYTE = 1 << 20
REQUIRED = "title"
NAMES_OF_ROWS = ("track_id", "work_id")


class DeliveryForm(forms.Form):
    """A file, and on what terms it is taken."""

    sender = forms.ModelChoiceField(
        label=_("Who sends it"),
        queryset=Sender.objects.order_by("name"),
        required=False,
        empty_label=_("we ourselves, the operator"),
        to_field_name="code",
    )
    file = forms.FileField(label=_("The file"), max_length=300)
    as_of = forms.DateField(
        label=_("Changed shares hold from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    if_faulty = forms.ChoiceField(
        label=_("If rows are at fault"),
        choices=[
            ("none", _("take nothing: all of it or none")),
            ("good", _("take the good rows, once somebody has seen the preview")),
        ],
        widget=forms.RadioSelect,
        initial="none",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["as_of"].initial = timezone.localdate()
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                described = {"aria-invalid": "true", "aria-describedby": f"error-{name}"}
                self.fields[name].widget.attrs |= described

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(
                gettext("The file is larger than %(most)s MiB; split it into several.")
                % {"most": LARGEST_BYTES // MEBIBYTE}
            )
        return file


@dataclass(frozen=True)
class Offered:
    """One of the sender's columns, and what is proposed for it."""

    field: str  # the name of its choice in the form
    column: str
    samples: list[str]
    chosen: str  # one of ours; empty: left out
    reason: str


def offered(
    header: Header, sender: Sender | None, posted: Mapping[str, str] | None
) -> list[Offered]:
    """Every column with a choice: what was chosen, what is remembered, or what is suggested."""
    remembered = {theirs: ours for ours, theirs in (sender.column_of if sender else {}).items()}
    suggestions = suggest_mapping(header.columns).items()
    suggested = {each.column: (ours, each.reason) for ours, each in suggestions}
    choices = []
    for number, column in enumerate(header.columns):
        field = f"column-{number}"
        chosen, reason = suggested.get(column, ("", ""))
        if column in remembered:
            chosen, reason = remembered[column], gettext("It was so the last time.")
        if posted is not None:
            chosen = posted.get(field, "")
        chosen = chosen if chosen in KNOWN_COLUMNS else ""
        choices.append(Offered(field, column, header.samples.get(column, []), chosen, reason))
    return choices


def column_of(choices: list[Offered]) -> dict[str, str]:
    """For our columns, the sender's that were chosen."""
    return {each.chosen: each.column for each in choices if each.chosen}


def faults_of(choices: list[Offered]) -> list[str]:
    """Why a choice of columns cannot be used; empty if it can."""
    chosen = [each.chosen for each in choices if each.chosen]
    twice = sorted({name for name in chosen if chosen.count(name) > 1})
    faults = [
        gettext("%(name)s is chosen for two columns; leave one of them out.") % {"name": name}
        for name in twice
    ]
    if REQUIRED not in chosen:
        faults.append(gettext("No column is the title; every row needs one."))
    if not set(NAMES_OF_ROWS) & set(chosen):
        faults.append(
            gettext("No column is the track_id or work_id, by which a row is known next time.")
        )
    return faults
