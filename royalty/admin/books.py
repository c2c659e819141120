"""The books: accounts, journals with their entries, seals. Nobody changes anything here."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator

from common.admin import ReadOnlyAdmin, ReadOnlyInline, amount
from common.money import currency
from royalty.models import Account, Entry, Journal, JournalSeal
from royalty.selectors.ledger import balance

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
