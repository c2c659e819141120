"""Delivering a file, step by step: choose it, say what its columns mean, look at the preview."""

from datetime import date
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Act
from catalog.deliveries.services.receiving import receive
from catalog.manifest.columns import KNOWN_COLUMNS
from catalog.models import Sender
from catalog.services.senders import remember_columns
from portal.access import OperatorRequest, operators_may_fill_in, who_may
from portal.catalogue.delivery_forms import DeliveryForm, column_of, faults_of, offered
from portal.catalogue.staging import Staged, Unreadable, header_of, let_go, stage, staged_as


@operators_may_fill_in
@who_may(Act.RIGHTS)
def deliver(request: OperatorRequest) -> HttpResponse:
    """The first step: who sends which file, and from when it counts."""
    initial = {"sender": request.GET.get("sender", ""), "if_faulty": "none"}
    if request.method != "POST":
        form = DeliveryForm(initial=initial)
        return render(request, "portal/catalogue/deliver.html", {"form": form})
    form = DeliveryForm(request.POST, request.FILES)
    if form.is_valid():
        staged = _staged(request, form)
        try:
            header = header_of(staged)
        except Unreadable as error:
            let_go(request.session, staged)
            form.add_error("file", str(error))
        else:
            if header.columns:
                return redirect("catalogue:deliver-columns", staged.token)
            return _received(request, staged, {})
    return render(request, "portal/catalogue/deliver.html", {"form": form}, status=422)


def _staged(request: OperatorRequest, form: DeliveryForm) -> Staged:
    said = form.cleaned_data
    return stage(
        request.session,
        said["file"],
        sender=said["sender"].code if said["sender"] else "",
        as_of=said["as_of"].isoformat(),
        take_good_rows=said["if_faulty"] == "good",
    )


@operators_may_fill_in
@who_may(Act.RIGHTS)
def columns(request: OperatorRequest, token: str) -> HttpResponse:
    """The second step: which of the file's columns holds which of ours."""
    staged = staged_as(request.session, token)
    if staged is None:
        raise Http404(_("The file is not there any more; send it again."))
    header, sender = header_of(staged), _sender(staged)
    choices = offered(header, sender, request.POST if request.method == "POST" else None)
    faults = faults_of(choices) if request.method == "POST" else []
    if request.method == "POST" and not faults:
        chosen = column_of(choices)
        if sender is not None and request.POST.get("remember"):
            remember_columns(sender, chosen)
        return _received(request, staged, chosen)
    context = {
        "staged": staged,
        "sender": sender,
        "choices": choices,
        "ours": KNOWN_COLUMNS,
        "faults": faults,
        "remember": request.method != "POST" or request.POST.get("remember"),
        "n_read": sum(bool(each.chosen) for each in choices),
    }
    status = 422 if faults else 200
    return render(request, "portal/catalogue/deliver_columns.html", context, status=status)


def _sender(staged: Staged) -> Sender | None:
    return Sender.objects.filter(code=staged.sender).first() if staged.sender else None


def _received(request: OperatorRequest, staged: Staged, chosen: dict[str, str]) -> HttpResponse:
    delivery, is_new = receive(
        file=staged.sent,
        sender=_sender(staged),
        as_of=date.fromisoformat(staged.as_of),
        take_good_rows=staged.take_good_rows,
        column_of=chosen,
        made_by=cast(User, request.user),
    )
    let_go(request.session, staged)
    if not is_new:
        messages.info(request, _("The same file was delivered before; this is what became of it."))
    return redirect("catalogue:delivery", delivery.pk)
