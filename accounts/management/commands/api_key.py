"""`manage.py api_key create|list|revoke`: the keys by which programs use the API."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import ApiKey, Organisation, Scope
from accounts.services.keys import create_key, revoke_key


class Command(BaseCommand):
    help = "Make, list and revoke keys for the API."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a key and print it, this once")
        create.add_argument("organisation", help="the organisation's name")
        create.add_argument("--name", required=True, help="what the key is for")
        create.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="what it may do; may be repeated (default: everything)",
        )
        create.add_argument("--days", type=int, help="for how many days it is good")
        listing = actions.add_parser("list", help="list keys; never their secrets")
        listing.add_argument("organisation", nargs="?", help="the organisation's name")
        revoke = actions.add_parser("revoke", help="end a key at once")
        revoke.add_argument("prefix", help="the part of the key before its secret")

    def handle(self, *_args: Any, **options: Any) -> None:
        {"create": self._create, "list": self._list, "revoke": self._revoke}[options["action"]](
            options
        )

    def _create(self, options: dict[str, Any]) -> None:
        days = options["days"]
        if days is not None and not 0 < days <= 3650:
            raise CommandError("--days must be from 1 to 3650.")
        issued = create_key(
            organisation=_organisation(options["organisation"]),
            name=options["name"][:100],
            scopes=[Scope(scope) for scope in options["scope"] or Scope.values],
            expires_at=timezone.now() + timedelta(days=days) if days is not None else None,
        )
        self.stderr.write("Keep the key now; it cannot be shown again.")
        self.stdout.write(issued.text)

    def _list(self, options: dict[str, Any]) -> None:
        keys = ApiKey.objects.select_related("organisation").order_by("organisation__name", "pk")
        if options["organisation"]:
            keys = keys.filter(organisation=_organisation(options["organisation"]))
        for key in keys:
            self.stdout.write(
                f"{key.prefix}  {key.organisation}: {key.name}; {', '.join(key.scopes)}; "
                f"{_state(key)}; last used {_day(key.last_used_at) or 'never'}"
            )

    def _revoke(self, options: dict[str, Any]) -> None:
        key = ApiKey.objects.filter(prefix=options["prefix"]).first()
        if key is None:
            raise CommandError(
                f"There is no key {options['prefix']!r}; `api_key list` shows those there are."
            )
        revoke_key(key=key, as_of=timezone.now())
        self.stdout.write(f"{key.prefix} is revoked.")


def _organisation(name: str) -> Organisation:
    found = list(Organisation.objects.filter(name=name).order_by("pk"))
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(set(Organisation.objects.values_list("name", flat=True)))) or "none"
    number = "no organisation" if not found else "more than one organisation"
    raise CommandError(f"There is {number} called {name!r}; there is: {names}.")


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {_day(key.revoked_at)}"
    if key.expires_at is not None:
        ended = "expired" if key.expires_at <= timezone.now() else "good until"
        return f"{ended} {_day(key.expires_at)}"
    return "good"


def _day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else ""
