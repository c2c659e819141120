"""`manage.py api_key create|list|rotate|limit|revoke`: the keys by which programs use the API."""

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import ApiKey, Organisation, Scope
from accounts.services.keys import (
    IssuedKey,
    KeyNotMade,
    create_key,
    lifetime_again,
    limit_key,
    revoke_key,
    rotate_key,
)
from common.api.rates import Rate, parse_rate


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
        create.add_argument(
            "--network",
            action="append",
            default=[],
            help="from where it may be used, as 10.0.0.0/8; may be repeated (default: anywhere)",
        )
        create.add_argument("--rate", type=_rate, help="how often, as 600/60s (default: API_RATE)")
        listing = actions.add_parser("list", help="list keys; never their secrets")
        listing.add_argument("organisation", nargs="?", help="the organisation's name")
        rotate = actions.add_parser("rotate", help="make a key that replaces another; print it")
        rotate.add_argument("prefix", help="of the old key, which goes on for a while")
        rotate.add_argument("--hours", type=int, default=24, help="for how long (default: 24)")
        limit = actions.add_parser("limit", help="say how often a key may be used")
        limit.add_argument("prefix", help="the part of the key before its secret")
        limit.add_argument("rate", type=_rate, nargs="?", help="as 600/60s; without: API_RATE")
        revoke = actions.add_parser("revoke", help="end a key at once")
        revoke.add_argument("prefix", help="the part of the key before its secret")

    def handle(self, *_args: Any, **options: Any) -> None:
        do = {
            "create": self._create,
            "list": self._list,
            "rotate": self._rotate,
            "limit": self._limit,
            "revoke": self._revoke,
        }
        try:
            do[options["action"]](options)
        except KeyNotMade as refusal:
            raise CommandError(str(refusal)) from None

    def _create(self, options: dict[str, Any]) -> None:
        days = options["days"]
        if days is not None and not 0 < days <= 3650:
            raise CommandError("--days must be from 1 to 3650.")
        issued = create_key(
            organisation=_organisation(options["organisation"]),
            name=options["name"][:100],
            scopes=[Scope(scope) for scope in options["scope"] or Scope.values],
            expires_at=timezone.now() + timedelta(days=days) if days is not None else None,
            networks=options["network"],
            rate=options["rate"],
        )
        self._show(issued)

    def _rotate(self, options: dict[str, Any]) -> None:
        key, now = _key(options["prefix"]), timezone.now()
        issued = rotate_key(
            key=key,
            as_of=now,
            overlap=timedelta(hours=options["hours"]),
            lasts_until=lifetime_again(key, now),
        )
        self._show(issued)

    def _limit(self, options: dict[str, Any]) -> None:
        limit_key(key=_key(options["prefix"]), rate=options["rate"])
        self.stdout.write(f"{options['prefix']}: {_key(options['prefix']).rate}.")

    def _show(self, issued: IssuedKey) -> None:
        self.stderr.write("Keep the key now; it cannot be shown again.")
        self.stdout.write(issued.text)

    def _list(self, options: dict[str, Any]) -> None:
        keys = ApiKey.objects.select_related("organisation", "replaces").order_by(
            "organisation__name", "pk"
        )
        if options["organisation"]:
            keys = keys.filter(organisation=_organisation(options["organisation"]))
        for key in keys:
            self.stdout.write(
                f"{key.prefix}  {key.organisation}: {key.name}; {', '.join(key.scopes)}; "
                f"{_state(key)}; last used {_used(key)}{_more(key)}"
            )

    def _revoke(self, options: dict[str, Any]) -> None:
        key = _key(options["prefix"])
        revoke_key(key=key, as_of=timezone.now())
        self.stdout.write(f"{key.prefix} is revoked.")


def _key(prefix: str) -> ApiKey:
    key = ApiKey.objects.select_related("organisation").filter(prefix=prefix).first()
    if key is None:
        raise CommandError(f"There is no key {prefix!r}; `api_key list` shows those there are.")
    return key


def _rate(text: str) -> Rate:
    try:
        return parse_rate(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


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


def _used(key: ApiKey) -> str:
    if key.last_used_at is None:
        return "never"
    where = f" from {key.last_used_from}" if key.last_used_from else ""
    return f"{_day(key.last_used_at)}{where}"


def _more(key: ApiKey) -> str:
    """What is not so of every key."""
    parts = [f"from {', '.join(key.networks)} alone"] if key.networks else []
    if key.rate_requests is not None:
        parts.append(f"at most {key.rate}")
    if key.replaces is not None:
        parts.append(f"replaces {key.replaces.prefix}")
    return "".join(f"; {part}" for part in parts)


def _day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else ""
