"""`python -m tests.e2e.additions month` or `run`: what the tiny demo has only one of, once more.

A month that is over and that nobody has computed, or a run over a few pieces, done by a worker of
the installation. Prints what the portal's addresses call it.
"""

import os
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

STARTS_ON, ENDS_ON = date(2026, 9, 1), date(2026, 10, 1)  # the month before the demo's
FOR_EVER = date(2100, 1, 1)
SEED = 7
PIECES = 3
RUN_SECONDS = 120


def make_month() -> str:
    """A period of a contract of its own, with uses and revenue; the number of it."""
    from attribution.models import Generation
    from catalog.models import Platform
    from demo.accounting import contract_of
    from demo.economy import Month, Service, write_month
    from royalty.services.intake import take_revenue, take_usage
    from royalty.services.periods import open_period

    service = Service("tiny-theatre", "Cadenza Theatre", 20, "pro_rata", "equal_training_set")
    platform = Platform.objects.get(name="Cadenza")
    contract = contract_of(platform, service, STARTS_ON)
    period = open_period(contract=contract, starts_on=STARTS_ON, ends_on=ENDS_ON)
    open_period(contract=contract, starts_on=ENDS_ON, ends_on=FOR_EVER)  # payouts are posted there
    pieces = list(Generation.objects.order_by("pk").values_list("external_id", flat=True))
    month = Month(STARTS_ON, ENDS_ON, f"{STARTS_ON:%B}-")
    with TemporaryDirectory() as folder:
        usage, revenue = write_month(Path(folder), [service], pieces, SEED, month)
        take_usage(platform=platform, source=usage, name=usage.name)
        take_revenue(platform=platform, source=revenue, name=revenue.name)
    return str(period.pk)


def make_run() -> str:
    """A finished run over some of the demo's pieces; its id."""
    from attribution.models import FeatureStore, Generation
    from attribution.services.attributing import request_attribution

    store = FeatureStore.objects.exclude(digest="").latest("pk")
    run, _job = request_attribution(store, list(Generation.objects.order_by("pk")[:PIECES]))
    deadline = time.monotonic() + RUN_SECONDS
    while run.finished_at is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"No worker finished the run within {RUN_SECONDS} s.")
        time.sleep(0.5)
        run.refresh_from_db()
    return str(run.pk)


MAKERS = {"month": make_month, "run": make_run}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    from common.database import tenancy
    from config.embedded import ensure_servers

    ensure_servers()
    tenancy.serve_as_system()
    django.setup()
    sys.stdout.write(f"{MAKERS[sys.argv[1]]()}\n")


if __name__ == "__main__":
    main()
