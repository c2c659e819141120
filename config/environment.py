"""The settings that come from the environment, read once and checked together.

Owns the names, types and defaults of every variable. It must not start servers or touch Django:
`config.settings` turns the result into Django settings, `config.embedded` into running servers.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from common.api.rates import Rate, parse_rate

BASE_DIR = Path(__file__).resolve().parent.parent
CACHE_SCHEMES = {"redis", "rediss", "unix", "redis+socket", "valkey", "valkeys"}
BROKER_SCHEMES = {"redis", "rediss", "redis+socket", "valkey", "amqp", "amqps"}
# smtp: unencrypted; smtp+starttls: encrypted before anything is said; smtps: encrypted throughout.
MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
LOG_LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
LOG_FORMATS = {"", "json", "console"}
INSTALLATIONS = {"live", "sandbox"}
SHORTEST_TOKEN = 20


class ConfigurationError(Exception):
    """The environment does not describe a system that can run; the message lists every fault."""


@dataclass(frozen=True)
class Environment:
    """What the environment says. An empty URL means: run a private server of our own."""

    installation: str  # live, or sandbox: where platforms try things out, with data of its own
    home: Path
    static_root: Path
    database_url: str
    database_owner_url: str
    broker_url: str
    cache_url: str  # Redis or Valkey, where limits are kept; empty: the broker, if it is one
    api_rate: Rate  # how often a key may be used, unless its own row says so
    live_url: str  # where the other installation is, told to who brings its keys here
    sandbox_url: str
    secret_key: str
    debug: bool
    allowed_hosts: tuple[str, ...]
    trusted_origins: tuple[str, ...]  # of forms, where a proxy changes the host's name
    https: bool  # browsers reach the pages by https only
    trusted_proxies: int  # how many stand in front and add to X-Forwarded-For
    port: int
    web_processes: int
    web_threads: int
    public_url: str  # where people reach the pages; stands in e-mails, without a last slash
    email_url: str
    email_from: str
    metrics_token: str
    operators_need_second_factor: bool  # the operator's people see nothing without one
    webhook_allow_http: bool  # also to addresses without encryption
    webhook_allowed_networks: tuple[IPv4Network | IPv6Network, ...]  # though they are not public
    verification_rate_ppm: int  # of pieces whose features platforms computed, how many are drawn
    worker_hour_cents: int  # what an hour of a worker costs, for estimates in EUR; 0: not stated
    payout_day: int  # of the month, from which the calendar drafts payouts; 0: never by itself
    log_level: str
    log_format: str  # json, console; empty: console on a terminal, else json

    @property
    def embedded_postgres(self) -> bool:
        return not self.database_url

    @property
    def embedded_broker(self) -> bool:
        return not self.broker_url


@cache
def environment() -> Environment:
    """The environment of this process, checked at first use."""
    return read_environment(os.environ)


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read and check all variables.

    Raises:
        ConfigurationError: one sentence for each variable that is wrong, all at once.
    """
    faults: list[str] = []
    home = Path(variables.get("TANTIEME_HOME") or BASE_DIR / "var").resolve()
    value = Environment(
        installation=variables.get("INSTALLATION", "live").lower(),
        home=home,
        static_root=Path(variables.get("STATIC_ROOT") or home / "static").resolve(),
        database_url=variables.get("DATABASE_URL", ""),
        database_owner_url=variables.get("DATABASE_OWNER_URL", ""),
        broker_url=variables.get("CELERY_BROKER_URL", ""),
        cache_url=variables.get("CACHE_URL", ""),
        api_rate=_rate("API_RATE", variables, faults, default=Rate(6000, 10)),
        live_url=variables.get("LIVE_URL", "").rstrip("/"),
        sandbox_url=variables.get("SANDBOX_URL", "").rstrip("/"),
        secret_key=variables.get("SECRET_KEY", ""),
        debug=_boolean("DEBUG", variables, faults),
        allowed_hosts=_list("ALLOWED_HOSTS", variables),
        trusted_origins=_list("CSRF_TRUSTED_ORIGINS", variables),
        https=_boolean("HTTPS", variables, faults),
        trusted_proxies=_number("TRUSTED_PROXIES", variables, faults, default=0, bounds=(0, 9)),
        port=_number("PORT", variables, faults, default=8000, bounds=(0, 65_535)),
        web_processes=_number("WEB_CONCURRENCY", variables, faults, default=2, bounds=(1, 256)),
        web_threads=_number("WEB_THREADS", variables, faults, default=4, bounds=(1, 256)),
        public_url=variables.get("PUBLIC_URL", "").rstrip("/"),
        email_url=variables.get("EMAIL_URL", ""),
        email_from=variables.get("EMAIL_FROM", ""),
        metrics_token=variables.get("METRICS_TOKEN", ""),
        operators_need_second_factor=_boolean("OPERATORS_NEED_SECOND_FACTOR", variables, faults),
        webhook_allow_http=_boolean("WEBHOOK_ALLOW_HTTP", variables, faults),
        webhook_allowed_networks=_networks("WEBHOOK_ALLOWED_NETWORKS", variables, faults),
        verification_rate_ppm=_number(
            "VERIFICATION_RATE_PPM", variables, faults, default=50_000, bounds=(0, 1_000_000)
        ),
        worker_hour_cents=_number(
            "WORKER_HOUR_CENTS", variables, faults, default=0, bounds=(0, 1_000_000)
        ),
        payout_day=_number("PAYOUT_DAY", variables, faults, default=0, bounds=(0, 28)),
        log_level=variables.get("LOG_LEVEL", "WARNING").upper(),
        log_format=variables.get("LOG_FORMAT", "").lower(),
    )
    _check_database("DATABASE_URL", value.database_url, faults)
    _check_database("DATABASE_OWNER_URL", value.database_owner_url, faults)
    _check_together(value, faults)
    _check_web(value, faults)
    _check_mail(value, faults)
    if faults:
        raise ConfigurationError("The configuration cannot be used:\n- " + "\n- ".join(faults))
    return value


def _boolean(name: str, variables: Mapping[str, str], faults: list[str]) -> bool:
    text = variables.get(name, "").strip().lower()
    if text in {"", "0", "false", "no", "off"}:
        return False
    if text in {"1", "true", "yes", "on"}:
        return True
    faults.append(f"{name}={text!r} is neither true nor false; write 1 or 0.")
    return False


def _list(name: str, variables: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(part.strip() for part in variables.get(name, "").split(",") if part.strip())


def _networks(
    name: str, variables: Mapping[str, str], faults: list[str]
) -> tuple[IPv4Network | IPv6Network, ...]:
    networks = []
    for text in _list(name, variables):
        try:
            networks.append(ip_network(text))
        except ValueError as error:
            faults.append(f"{name} has {text!r}: {error}. Write networks such as 10.1.0.0/16.")
    return tuple(networks)


def _number(
    name: str,
    variables: Mapping[str, str],
    faults: list[str],
    *,
    default: int,
    bounds: tuple[int, int],
) -> int:
    text = variables.get(name, "").strip()
    if not text:
        return default
    least, most = bounds
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        faults.append(f"{name}={text!r} is not a whole number from {least} to {most}.")
        return default
    return int(text)


def _rate(name: str, variables: Mapping[str, str], faults: list[str], *, default: Rate) -> Rate:
    text = variables.get(name, "").strip()
    try:
        return parse_rate(text) if text else default
    except ValueError as error:
        faults.append(f"{name}: {error}")
        return default


def _check_database(name: str, url: str, faults: list[str]) -> None:
    if not url:
        return
    if not url.startswith(("postgresql://", "postgres://")):
        scheme = url.split(":", 1)[0]
        faults.append(
            f"{name} starts with {scheme!r}, but Tantieme keeps its guarantees in PostgreSQL; "
            "write postgresql://user:password@host:5432/name."
        )
        return
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        faults.append(f"{name} cannot be read as a PostgreSQL address: {str(error).strip()}.")
        return
    faults.extend(
        f"{name} names no {label}; write postgresql://user:password@host:5432/name."
        for key, label in (("dbname", "database"), ("user", "user"))
        if not parts.get(key)
    )


def _check_together(value: Environment, faults: list[str]) -> None:
    if value.installation not in INSTALLATIONS:
        faults.append(f"INSTALLATION={value.installation!r} is neither live nor sandbox.")
    if value.log_level not in LOG_LEVELS:
        faults.append(f"LOG_LEVEL={value.log_level!r} is none of {', '.join(sorted(LOG_LEVELS))}.")
    if value.log_format not in LOG_FORMATS:
        faults.append(f"LOG_FORMAT={value.log_format!r} is neither json nor console.")
    if value.broker_url and urlsplit(value.broker_url).scheme not in BROKER_SCHEMES:
        faults.append(
            f"CELERY_BROKER_URL must start with one of {', '.join(sorted(BROKER_SCHEMES))}."
        )
    if value.cache_url and urlsplit(value.cache_url).scheme not in CACHE_SCHEMES:
        faults.append(f"CACHE_URL must start with one of {', '.join(sorted(CACHE_SCHEMES))}.")
    faults.extend(
        f"{name}={url!r} is no address; write https://name."
        for name, url in (("LIVE_URL", value.live_url), ("SANDBOX_URL", value.sandbox_url))
        if url and not url.startswith(("https://", "http://"))
    )
    if value.database_url and not value.secret_key:
        faults.append(
            "SECRET_KEY is required with your own DATABASE_URL; set 50 random characters."
        )
    if value.database_owner_url and not value.database_url:
        faults.append("DATABASE_OWNER_URL is set without DATABASE_URL; set both or neither.")
    if value.database_url and value.database_url == value.database_owner_url:
        faults.append(
            "DATABASE_URL and DATABASE_OWNER_URL are the same: the application must sign in as a "
            "role that owns nothing, or the ledger's guards could be switched off."
        )


def _check_web(value: Environment, faults: list[str]) -> None:
    if value.metrics_token and len(value.metrics_token) < SHORTEST_TOKEN:
        faults.append(
            f"METRICS_TOKEN is short enough to be guessed; set {SHORTEST_TOKEN} random characters "
            "or more."
        )
    faults.extend(
        f"CSRF_TRUSTED_ORIGINS has {origin!r}; write each as https://name, with commas between."
        for origin in value.trusted_origins
        if not origin.startswith(("https://", "http://"))
    )


def _check_mail(value: Environment, faults: list[str]) -> None:
    if value.public_url and not value.public_url.startswith(("https://", "http://")):
        faults.append(f"PUBLIC_URL={value.public_url!r} is no address; write https://name.")
    if not value.email_url:
        return
    if not _is_mail_server(value.email_url):
        faults.append(
            f"EMAIL_URL must be one of {', '.join(f'{each}://host' for each in MAIL_PORTS)}, with "
            "user:password@ before the host and :port after it where they are needed."
        )
    missing = [
        name
        for name, text in (("EMAIL_FROM", value.email_from), ("PUBLIC_URL", value.public_url))
        if not text
    ]
    faults.extend(f"{name} is required with EMAIL_URL." for name in missing)


def _is_mail_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in MAIL_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        return False
