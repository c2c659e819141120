"""The books: accounts, journals with their entries, seals. Nobody changes anything here.

What a person had posted can be reversed by another journal, and the whole ledger be taken along.
"""

from collections.abc import Callable, Iterator
from tempfile import TemporaryFile
from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import CharField
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse as address_of
from django.utils import timezone
from django.utils.text import Truncator
from unfold.decorators import action
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextInputWidget

from common.admin import ReadOnlyAdmin, ReadOnlyInline, amount
from common.money import currency
from royalty.admin.person import person
from royalty.documents.ledger import GeneralLedger, LedgerError, ledger_beancount, ledger_csv
from royalty.models import Account, Entry, Journal, JournalSeal
from royalty.selectors.general_ledger import general_ledger, last_booked_day
from royalty.selectors.ledger import balance
from royalty.services import ledger
from royalty.services.by_hand import REASON_LENGTH, ByHandError
from royalty.services.reversals import reverse_journal

NOTE = (
    "The books are append-only: the database refuses every change and removal, also to whoever "
    "signs in here. A mistake is mended by another journal."
)
exact_amount = amount("amount_atoms", label="amount", exact=True)


class EntriesOfJournal(ReadOnlyInline):
    """Both sides of a journal, to the last atom."""

    model = Entry
    fields = ("account", "side", exact_amount)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        found: QuerySet[Entry] = super().get_queryset(request)
        return found.select_related("account__contract", "account__party").order_by("side", "pk")


class ReasonForm(ActionForm):  # type: ignore[misc]
    """What is done to the rows that are marked, and why."""

    reason = CharField(
        required=False,
        max_length=REASON_LENGTH,
        label="",
        widget=UnfoldAdminTextInputWidget({"placeholder": "Reason", "aria-label": "Reason"}),
    )


@admin.register(Journal)
class JournalAdmin(ReadOnlyAdmin):
    """Events in the books."""

    note = NOTE
    list_display = ("idempotency_key", "kind", "period", "posted_on", "sealed_entries", "about")
    list_select_related = ("period__contract", "seal")
    list_filter = ("kind", "period__contract")
    search_fields = ("idempotency_key", "=id", "memo")
    date_hierarchy = "posted_on"
    ordering = ("-created_at",)
    inlines = (EntriesOfJournal,)
    action_form = ReasonForm
    actions: ClassVar = ["reverse"]
    actions_list: ClassVar = ["take_csv", "take_beancount"]

    @admin.action(description="Reverse", permissions=["posting"])
    def reverse(self, request: HttpRequest, journals: QuerySet[Journal]) -> None:
        """Undo each of the journals for the one reason that was given."""
        for journal in journals.select_related("period__contract"):
            try:
                undo = reverse_journal(
                    journal=journal,
                    reason=request.POST.get("reason", ""),
                    user=person(request),
                    as_of=timezone.localdate(),
                )
            except (ByHandError, ledger.LedgerError) as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(
                    request, f"{journal} is reversed by {undo} in {undo.period}.", messages.SUCCESS
                )

    def has_posting_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("royalty.add_journal")

    @action(description="General ledger as CSV", url_path="ledger-csv", permissions=["view"])  # type: ignore[untyped-decorator]
    def take_csv(self, request: HttpRequest) -> HttpResponseBase:
        return self._take(request, "csv", ledger_csv)

    @action(description="for beancount", url_path="ledger-beancount", permissions=["view"])  # type: ignore[untyped-decorator]
    def take_beancount(self, request: HttpRequest) -> HttpResponseBase:
        return self._take(request, "beancount", ledger_beancount)

    def _take(
        self, request: HttpRequest, suffix: str, write: Callable[[GeneralLedger], Iterator[bytes]]
    ) -> HttpResponseBase:
        """The ledger as a file, read to its end before the response begins."""
        until = last_booked_day() or timezone.localdate()
        file = TemporaryFile()  # noqa: SIM115 the response closes it
        try:
            file.writelines(write(general_ledger(until)))
        except LedgerError as error:
            file.close()
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(address_of("admin:royalty_journal_changelist"))
        file.seek(0)
        name = f"ledger-{until}.{suffix}"
        return FileResponse(file, as_attachment=True, filename=name, content_type="text/plain")

    @admin.display(description="entries when sealed")
    def sealed_entries(self, journal: Journal) -> int:
        return journal.seal.entry_count

    @admin.display(description="memo")
    def about(self, journal: Journal) -> str:
        """The beginning: hashes are for the journal's own page, and too wide for a phone."""
        return Truncator(journal.memo).chars(48)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Where each contract's money is."""

    note = NOTE
    list_display = ("contract", "kind", "party", "currency", "created_at")
    list_select_related = ("contract", "party")
    list_filter = ("kind", "contract", "currency")
    search_fields = ("party__name", "contract__code")
    ordering = ("pk",)
    readonly_fields = ("balance",)  # on the account's own page: a list would add up all the books

    @admin.display(description="balance after everything")
    def balance(self, account: Account) -> str:
        money = currency(account.currency)
        return f"{money.format_atoms(balance(account), money.atom_decimals)} {money.code}"


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Amounts on accounts, to the last atom."""

    note = NOTE
    list_display = ("journal", "account", "side", exact_amount)
    list_select_related = ("journal", "account__contract", "account__party")
    list_filter = ("side", "account__kind")
    search_fields = ("journal__idempotency_key", "account__party__name")
    ordering = ("-pk",)
    fields = ("journal", "account", "side", exact_amount)
    readonly_fields = (exact_amount,)


@admin.register(JournalSeal)
class JournalSealAdmin(ReadOnlyAdmin):
    """The database's word that a journal was complete and balanced."""

    note = NOTE
    list_display = ("journal", "entry_count", "sealed_at")
    list_select_related = ("journal",)
    search_fields = ("journal__idempotency_key",)
    ordering = ("-sealed_at", "pk")
