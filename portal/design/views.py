"""`/design/`: the parts of all pages with samples, which are in this folder and nowhere else."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.design import samples
from portal.design.forms import SampleForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def design(request: HttpRequest) -> HttpResponse:
    """Every part in every state. It reads nothing and changes nothing; what is sent is said."""
    if request.method == "POST":
        messages.success(request, _("It was a sample: nothing was paid."))
        return redirect("design")
    table = samples.TABLE.shown(request, samples.PIECES, filters=samples.filters())
    if table.wants_file:
        return table.file()
    context = {
        "colours": samples.COLOURS,
        "sizes": samples.SIZES,
        "spaces": samples.SPACES,
        "amount_atoms": samples.AMOUNT_ATOMS,
        "states": samples.STATES,
        "bars": samples.bars(),
        "events": samples.EVENTS,
        "steps": [_("File"), _("Columns"), _("Preview"), _("Report")],
        "table": table,
        "nothing_found": samples.TABLE.shown(request, []),
        "form": SampleForm(label_suffix=""),
        "wrong_form": SampleForm({"name": "", "share": "120"}, label_suffix=""),
        "batch_amount": samples.BATCH_AMOUNT,
        "consequence": [
            _("The money leaves the payees' accounts at once, in 3 payments."),
            _("It cannot be taken back, only corrected by another entry."),
        ],
    }
    return render(request, "portal/design/design.html", context)
