"""What a sandbox begins with: music, a small model, and the platform Sandbox with its key."""

from datetime import date, datetime
from pathlib import Path

from django.utils import timezone
from django.utils.text import slugify
from rich.console import Console

from accounts.models import ApiKey, Membership, Organisation, Scope, User
from accounts.services.admission import KeyRefused, find_key
from accounts.services.keys import create_key, has_ended, revoke_key
from catalog.models import Platform
from catalog.services.clock import now_for
from catalog.services.training_sets import register_platform
from config.embedded.worker import running_worker
from demo import music, passwords
from demo.economy import Service
from demo.passwords import Entry
from demo.payees import Agreed, exchange_addresses, settle_in
from demo.sandbox import models
from demo.show import DemoFailed, Show
from royalty.models import Contract
from royalty.services.calendar import open_due
from royalty.services.contracts import Terms, sign_contract
from royalty.services.sandbox import operators

FIRST, ENGINEER = "Sandbox", "integrator@sandbox.invalid"
WORKER_PROCESSES = 2
COMMISSION_PPM = 300_000
# One service for each way in which money is shared.
SERVICES = (
    Service("studio", "Studio, pro rata", 0, "pro_rata", "equal_training_set"),
    Service("club", "Club, user-centric", 0, "user_centric", "held"),
    Service("shop", "Shop, by piece sold", 0, "per_output", "equal_training_set"),
    Service("training", "Training fee", 0, "training_fee_per_work", "equal_training_set"),
)


def seed(console: Console, home: Path) -> None:
    """Make what is missing; a second time finds everything done.

    Raises:
        DemoFailed: a worker could not do its part.
    """
    show = Show(console)
    if models.template() is None:
        with running_worker(home, concurrency=WORKER_PROCESSES) as show.worker:
            with show.stage("Import the bundled catalogue") as stage:
                stage.outcome = music.bring_in()
            models.train(show, register_platform(code=slugify(FIRST), name=FIRST))
    with show.stage("Sign contracts, and make the key") as stage:
        platform = furnish(register_platform(code=slugify(FIRST), name=FIRST))
        stage.outcome = f"they are in {_write_key(platform, home)}"


def another(name: str, console: Console) -> str:
    """A platform of that name with the same music, a copy of the model, and a key; the key.

    Raises:
        DemoFailed: the sandbox is not seeded, or the name is taken or none.
    """
    store, code = models.template(), slugify(name)[:40]
    if store is None:
        raise DemoFailed("The sandbox is empty; run make sandbox first.")
    if not code or Platform.objects.filter(code=code).exists():
        raise DemoFailed(f"{name!r} is taken, or is no name; take another.")
    platform = register_platform(code=code, name=name)
    models.copy_to(platform, store)
    furnish(platform)
    console.print(f"{platform} has {', '.join(service.code for service in SERVICES)}; its key:")
    return _new_key(platform, None)


def furnish(platform: Platform) -> Platform:
    """An organisation, contracts with their first periods, and addresses for invoices."""
    accountant, _ = operators()
    if platform.organisation is None:
        platform.organisation = Organisation.objects.create(
            name=platform.name, kind=Organisation.Kind.PLATFORM
        )
        platform.save(update_fields=["organisation"])
    now = now_for(platform)
    if not platform.contracts.exists():
        since = date(now.year, now.month, 1)
        for service in SERVICES:
            _sign(platform, service, since, now)
        settle_in([], Agreed(since), accountant)
        exchange_addresses(platform, accountant)
    return platform


def _sign(platform: Platform, service: Service, since: date, now: datetime) -> None:
    """A contract whose months are closed as soon as they are over, and its first month."""
    contract: Contract = sign_contract(
        platform=platform,
        code=f"{platform.code}-{service.code}",
        name=f"{platform.name}: {service.name}",
        terms=Terms(
            service=service.code,
            allocation_model=service.allocation_model,
            commission_ppm=COMMISSION_PPM,
            fallback=service.fallback,
            idle_subscribers="pool",
            reporting_days=0,
            pays_before_collection=True,
        ),
        valid_from=since,
    )
    list(open_due(contract, now.date()))


def _write_key(platform: Platform, home: Path) -> Path:
    """The file of the integrator's password and key, which is printed when it is served."""
    path = home / "demo" / passwords.FILE
    known = passwords.read(path)
    engineer = User.objects.filter(email=ENGINEER).first() or User.objects.create_user(
        ENGINEER, name="Ina"
    )
    Membership.objects.get_or_create(user=engineer, organisation=platform.organisation)
    password = known.get(ENGINEER)
    if password is None or not engineer.check_password(password):
        password = passwords.invent()
        engineer.set_password(password)
        engineer.save(update_fields=["password"])
    key = known.get(passwords.KEY)
    if key is None or not _works(key):
        key = _new_key(platform, engineer)
    about = f"{engineer.name} · {platform} · model lieder@1, services studio, club, shop, training"
    passwords.write(path, [Entry(ENGINEER, password, about, key)])
    return path


def _new_key(platform: Platform, engineer: User | None) -> str:
    assert platform.organisation is not None
    for lost in ApiKey.objects.filter(created_by=engineer, revoked_at=None) if engineer else ():
        revoke_key(key=lost, as_of=timezone.now())
    issued = create_key(
        organisation=platform.organisation,
        name="sandbox",
        scopes=list(Scope),
        created_by=engineer,
    )
    return issued.text


def _works(key: str) -> bool:
    try:
        return not has_ended(find_key(key), timezone.now())
    except KeyRefused:
        return False
