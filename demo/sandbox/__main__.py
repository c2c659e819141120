"""`make sandbox`: seed a sandbox where that is not done yet, and serve it until Ctrl-C.

`python -m demo.sandbox platform NAME` makes another platform with a key of its own in seconds: an
integrator who wants to begin anew takes a new one, since books cannot be emptied. The sandbox has
servers and files of its own, in `var/sandbox` unless TANTIEME_HOME says otherwise.
"""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

PORT = "8100"
# Of the real installation; the sandbox has private ones unless these name others.
OWN = {"DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "STATIC_ROOT"}


def main() -> int:
    """Do what the command line says; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo.sandbox", description=__doc__)
    actions = parser.add_subparsers(dest="action")
    platform = actions.add_parser("platform", help="make another platform, and print its key")
    platform.add_argument("name")
    actions.add_parser("seed", help="seed it, and do not serve")
    options = parser.parse_args()
    _be_a_sandbox()
    console = Console(highlight=False, stderr=options.action == "platform")
    home = _start(console)

    from demo.sandbox import seeding
    from demo.show import DemoFailed

    try:
        if options.action == "platform":
            key = seeding.another(options.name, console)
            sys.stdout.write(f"{key}\n")
            return 0
        seeding.seed(console, home)
    except DemoFailed as failure:
        console.print(f"\n[red]The sandbox could not be seeded:[/] {failure}")
        return 1
    if options.action == "seed":
        return 0
    from config import serving

    return serving.main()


def _be_a_sandbox() -> None:
    """Say so in the environment, before anybody reads it."""
    root = Path(__file__).resolve().parents[2]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if os.environ.get("INSTALLATION") != "sandbox":
        for name in OWN:
            os.environ.pop(name, None)
    os.environ["INSTALLATION"] = "sandbox"
    os.environ.setdefault("TANTIEME_HOME", str(root / "var" / "sandbox"))
    os.environ.setdefault("PORT", PORT)


def _start(console: Console) -> Path:
    """Start the private servers, and make the tables."""
    from config.embedded import ensure_servers
    from config.environment import ConfigurationError, environment

    try:
        home = Path(environment().home)
    except ConfigurationError as error:
        sys.exit(str(error))
    console.print("[bold]Tantieme's sandbox[/]: its data is made up, and none of it is money")
    ensure_servers()
    import django
    from django.core.management import call_command

    django.setup()
    from common.database import tenancy

    tenancy.serve_as_system()
    call_command("migrate", verbosity=0)
    return home


if __name__ == "__main__":
    sys.exit(main())
