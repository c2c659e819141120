"""What people fill in about claims and conflicts. Whether it can be, the services say."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.claims.models import WORDS_LENGTH, Conflict
from catalog.claims.selectors.conflicts import Standing
from catalog.claims.services.actors import ClaimError
from catalog.claims.services.attachments import Sent, read_sent
from catalog.claims.services.settling import Split
from catalog.claims.services.shares import Line
from catalog.models import COMPOSITION_ROLES, Party, Right, Role
from catalog.territories import Territory, TerritoryError, parse_territory

PPM_A_PERCENT = 10_000


class Percent(forms.DecimalField):
    """A part of a right, to a ten-thousandth of a percent."""

    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=0, max_value=100, decimal_places=4, max_digits=7, **more)


class Day(forms.DateField):
    """A day, by the browser's calendar."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **more)


class Words(forms.CharField):
    """What somebody says in their own words."""

    def __init__(self, **more: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(widget=widget, max_length=WORDS_LENGTH, **more)


class Form(forms.Form):
    """With labels and errors as the pages write them, and at most one file."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""

    def take_error(self, refusal: ClaimError) -> None:
        """Show a refusal where it belongs."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    @property
    def sent(self) -> list[Sent]:
        """The file that was sent, if one was.

        Raises:
            ClaimError: it is too long.
        """
        file = self.cleaned_data.get("file")
        if not isinstance(file, UploadedFile) or file.file is None:
            return []
        return [read_sent(file.name or "", file.file)]


def document(*, is_required: bool = False) -> forms.FileField:
    return forms.FileField(
        label=_("Document") if is_required else _("Document (if you have one)"),
        required=is_required,
        help_text=_("PDF, PNG or JPEG, up to 10 MB. Every side of a conflict may read it."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class ClaimForm(Form):
    """A claim to a part of one right."""

    party = forms.ModelChoiceField(label=_("Who claims"), queryset=Party.objects.none())
    role = forms.ChoiceField(label=_("As"))
    share = Percent(label=_("Share, in percent of the whole"))
    territory = forms.CharField(
        label=_("Where"),
        initial="WW",
        max_length=1000,
        help_text=_("WW for the world, countries as DE+AT, or WW-US for the world without some."),
    )
    valid_from = Day(label=_("From"))
    valid_until = Day(
        label=_("Until (for ever, if left empty)"),
        required=False,
        help_text=_("The first day on which it does not hold any more."),
    )
    basis = Words(label=_("By what it is yours"), help_text=_("Such as a contract, with its date."))
    file = document()
    is_declared = forms.BooleanField(
        label=_("I declare that this claim is true and that I may make it"), required=False
    )

    def __init__(self, *args: Any, right: Right, parties: Iterable[Party], **more: Any) -> None:
        super().__init__(*args, **more)
        known = Party.objects.filter(pk__in=[party.pk for party in parties]).order_by("name", "pk")
        party, role = self.fields["party"], self.fields["role"]
        assert isinstance(party, forms.ModelChoiceField)
        assert isinstance(role, forms.ChoiceField)
        party.queryset = known
        if known.count() == 1:
            party.initial, party.empty_label = known.first(), None
        is_composition = right == Right.COMPOSITION
        role.choices = [
            (each.value, _(each.label))
            for each in Role
            if (each in COMPOSITION_ROLES) == is_composition
        ]
        self.fields["valid_from"].initial = timezone.localdate()

    def clean_territory(self) -> Territory:
        try:
            return parse_territory(self.cleaned_data["territory"])
        except TerritoryError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def share_ppm(self) -> int:
        return int(self.cleaned_data["share"] * PPM_A_PERCENT)


class WordsForm(Form):
    """Words, with a file perhaps."""

    words = Words(label=_("What you want to say"), required=False)
    file = document()


class ReasonForm(Form):
    """Why somebody decides as they do."""

    words = Words(label=_("Why"))


class SureForm(Form):
    """Nothing but that one is sure."""

    sure = forms.BooleanField(label=_("I am sure"))


class YieldForm(SureForm):
    """What a party will claim instead."""

    line = forms.ChoiceField(label=_("Whose share"))
    share = Percent(label=_("It claims from now on, in percent (0: nothing)"), initial=0)
    words = Words(label=_("Words to the other sides"), required=False)
    field_order = ("line", "share", "words", "sure")

    def __init__(self, *args: Any, standing: Standing, own: Iterable[Party], **more: Any) -> None:
        super().__init__(*args, **more)
        mine = {party.pk for party in own}
        line = self.fields["line"]
        assert isinstance(line, forms.ChoiceField)
        line.choices = [
            (f"{side.party.pk}:{share.role}", f"{side.party.name}, {share.get_role_display()}")
            for side in standing.sides
            if side.party.pk in mine
            for share in side.shares
        ]


class SplitForm(Form):
    """What each side is to have, one field a share; the present ones stand in it."""

    begins_on = Day(
        label=_("From"), help_text=_("From the first contested day, unless you agree else.")
    )

    def __init__(self, *args: Any, conflict: Conflict, standing: Standing, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["begins_on"].initial = conflict.valid_from
        self._lines: dict[str, tuple[int, str]] = {}
        for side in standing.sides:
            for share in side.shares:
                name = f"part-{share.party_id}-{share.role}"
                self._lines[name] = (share.party_id, share.role)
                self.fields[name] = Percent(
                    label=gettext("%(party)s, %(role)s, in percent")
                    % {"party": side.party.name, "role": gettext(share.get_role_display().lower())},
                    initial=Decimal(share.share_ppm) / PPM_A_PERCENT,
                )
        self.fields["words"] = Words(label=_("Words to the other sides"), required=False)

    @property
    def split(self) -> Split:
        lines = (
            Line(party_id, role, int(self.cleaned_data[name] * PPM_A_PERCENT))
            for name, (party_id, role) in self._lines.items()
        )
        return Split(self.cleaned_data["begins_on"], tuple(lines))


class OutcomeForm(SplitForm):
    """The same, as a court or an agreement says, with its document."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["words"] = Words(label=_("What was decided, and by whom"))
        self.fields["file"] = document(is_required=True)
