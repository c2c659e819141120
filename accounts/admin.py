"""People, the organisations for which they act, and keys. A key's secret is nowhere to be seen."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import ApiKey, Membership, Organisation, User
from accounts.services.keys import revoke_key
from common.admin import LinkInline, ReadOnlyAdmin, ReadOnlyInline, ReferenceAdmin
from common.api.models import LoggedRequest

admin.site.unregister(Group)  # rights are given to people, one by one


class OrganisationsOfUser(LinkInline):
    """For whom a person may act."""

    model = Membership
    autocomplete_fields = ("organisation",)


class MembersOfOrganisation(LinkInline):
    """Who may act for an organisation."""

    model = Membership
    autocomplete_fields = ("user",)


class KeysOfOrganisation(ReadOnlyInline):
    """An organisation's keys, without their secrets."""

    model = ApiKey
    fields = ("name", "prefix", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at")


@admin.register(User)
class UserAdmin(ReferenceAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    """People who sign in."""

    note = "Whoever leaves is made inactive: what they did stays, and names them."
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "created_at")
    filter_horizontal = ("user_permissions",)
    inlines = (OrganisationsOfUser,)
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        ("When", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)


@admin.register(Organisation)
class OrganisationAdmin(ReferenceAdmin):
    """Whoever has data here."""

    list_display = ("name", "kind", "people", "created_at")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("name",)
    inlines = (MembersOfOrganisation, KeysOfOrganisation)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        found: QuerySet[Organisation] = super().get_queryset(request)
        return found.annotate(people=Count("memberships"))

    @admin.display(ordering="people")
    def people(self, organisation: Any) -> int:
        return int(organisation.people)

    def get_readonly_fields(
        self, _request: HttpRequest, organisation: Organisation | None = None
    ) -> tuple[str, ...]:
        # What an organisation may see hangs on its kind: it does not become another.
        return ("kind", "created_at") if organisation else ()


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys of programs."""

    note = (
        "A platform makes and rotates its keys on its own pages; for others, and for rates, there "
        "is manage.py api_key. A secret is shown once, and only a hash of it is kept. A key that "
        "leaked is revoked here, at once."
    )
    list_display = ("name", "organisation", "prefix", "scopes", "limit", "last_used_at", "state")
    list_select_related = ("organisation",)
    list_filter = ("organisation__kind",)
    search_fields = ("name", "prefix", "organisation__name")
    ordering = ("-created_at",)
    exclude = ("secret_sha256",)
    actions: ClassVar = ["revoke"]

    @admin.display
    def limit(self, key: ApiKey) -> str:
        return str(key.rate)

    @admin.display
    def state(self, key: ApiKey) -> str:
        if key.revoked_at is not None:
            return f"revoked {key.revoked_at:%Y-%m-%d}"
        if key.expires_at is not None:
            gone = key.expires_at <= timezone.now()
            return f"{'expired' if gone else 'until'} {key.expires_at:%Y-%m-%d}"
        return "valid"

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        for key in keys:
            revoke_key(key=key, as_of=timezone.now())
        self.message_user(request, f"{len(keys)} revoked; they work no more.", messages.SUCCESS)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_apikey")


@admin.register(LoggedRequest)
class LoggedRequestAdmin(ReadOnlyAdmin):
    """What programs asked, and what they were answered."""

    note = "A line for each request that came with a key, of the last thirty days."
    list_display = ("answered_at", "tenant", "key", "method", "path", "status", "problem")
    list_filter = ("method", "problem")
    search_fields = ("=request_id", "=key")
    ordering = ("-pk",)
