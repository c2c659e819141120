"""What the admin pages of all apps have in common.

`ReferenceAdmin` edits what people keep by hand; `ReadOnlyAdmin` shows what is written by the
system alone, or what the database refuses to change, and says so. Neither deletes: money was paid
by what was true, so a row is ended (a date, a revocation), not removed.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html_join
from unfold.admin import ModelAdmin, TabularInline

from common.money import currency

PAGE_LENGTH = 50
NOTE = "admin/note.html"


def amount(
    field: str, *, of: str = "currency", label: str = "", exact: bool = False
) -> Callable[[Any], str]:
    """A column that shows the atoms in `field` as money.

    Args:
        of: where the row names its currency, with dots between.
        label: heading of the column; the field's name without its unit if it is not given.
        exact: show every atom, as an auditor wants it, instead of cutting after the cents.
    """

    @admin.display(description=label or field.removesuffix("_atoms").replace("_", " "))
    def column(row: Any) -> str:
        money = currency(attrgetter(of)(row))
        digits = money.atom_decimals if exact else None
        return f"{money.format_atoms(getattr(row, field), digits)} {money.code}"

    column.admin_order_field = field  # type: ignore[attr-defined]
    return column


def one_below_another(
    field: str, line: Callable[[Any, Any], str] = lambda _row, item: str(item)
) -> Callable[[Any], str]:
    """A field that shows a row's list with a line for each item; `line` says it in words."""

    @admin.display(description=field.replace("_", " "))
    def column(row: Any) -> str:
        items = getattr(row, field)
        return format_html_join("", "<p>{}</p>", ((line(row, item),) for item in items)) or "-"

    return column


class BaseAdmin(ModelAdmin):  # type: ignore[misc]
    """Pages of bounded length and a bounded number of queries."""

    list_per_page = PAGE_LENGTH
    show_full_result_count = False
    list_fullwidth = True
    note = ""  # a sentence above the page
    list_before_template = NOTE
    change_form_before_template = NOTE

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response: HttpResponse = super().changelist_view(
            request, {"note": self.note, **(extra_context or {})}
        )
        return response


class DatedForm(ModelForm):  # type: ignore[type-arg]
    """A row that holds from a day until another.

    The days are looked at first: the database cannot compare a period that ends before it begins.
    """

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first = cleaned.get("valid_from", self.instance.valid_from)
        after = cleaned.get("valid_until")
        if first and after and after <= first:
            self.add_error("valid_until", "It ends before it begins.")  # no rule asks it any more
        return cleaned


class ReferenceAdmin(BaseAdmin):
    """Rows that people keep by hand. What the database refuses is told, not thrown."""

    warn_unsaved_form = True

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"note": self.note, **(extra_context or {})}
        try:
            with transaction.atomic():
                response: HttpResponse = super().changeform_view(
                    request, object_id, form_url, context
                )
                return response
        except DatabaseError as error:
            self.message_user(request, _refusal(error, self.model), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Deferred rules speak now, while the page can still tell what they say.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class ReadOnlyAdmin(BaseAdmin):
    """Rows that nobody changes here."""

    note = "Only the system writes these. They can be looked at, and not changed."
    actions: ClassVar[Sequence[Any] | None] = ()
    change_form_template = "admin/read_only.html"

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, _obj: Model | None = None) -> bool:
        meta = self.model._meta
        return any(
            request.user.has_perm(f"{meta.app_label}.{right}_{meta.model_name}")
            for right in ("view", "change")
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"note": self.note, **(extra_context or {})}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response


class ReadOnlyInline(TabularInline):  # type: ignore[misc]
    """Rows that are shown inside another's page."""

    extra = 0
    can_delete = False
    per_page = PAGE_LENGTH
    fields: ClassVar[Sequence[Any]] = ()
    ordering = ("pk",)

    def get_readonly_fields(
        self, _request: HttpRequest, _obj: Model | None = None
    ) -> Sequence[Any]:
        return self.fields

    def has_add_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False


class LinkInline(TabularInline):  # type: ignore[misc]
    """Links between two rows, which may be made and removed."""

    extra = 0


def _refusal(error: DatabaseError, model: type[Model]) -> str:
    """What the database said: in the words of the rule where it has some, else in its own."""
    diagnosis = getattr(error.__cause__, "diag", None)
    words = {rule.name: rule.get_violation_error_message() for rule in model._meta.constraints}
    said = words.get(getattr(diagnosis, "constraint_name", None) or "") or getattr(
        diagnosis, "message_primary", str(error)
    )
    return f"The database refused this: {str(said).rstrip('.')}. Nothing was changed."
