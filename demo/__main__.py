"""`python -m demo`: the whole of Tantieme on real music, from a catalogue to statements.

Everything is done through the same services and workers as in earnest. Each stage can be done
again without doing it twice, so a run that was interrupted is simply started again, and a second
run finds everything done.
"""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--full", action="store_true", help="train on the whole bundle")
    parser.add_argument("--sound", action="store_true", help="recordings in place of notes")
    parser.add_argument(
        "--size", choices=["tiny", "demo", "full", "tiny-sound", "sound"], help=argparse.SUPPRESS
    )
    options = parser.parse_args()
    size = options.size or ("sound" if options.sound else "full" if options.full else "demo")

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.embedded import ensure_servers
    from config.environment import ConfigurationError, environment

    console = Console(highlight=False)
    console.print("[bold]Tantieme[/]: royalties for AI-generated music, measured and paid\n")
    try:
        environment()
    except ConfigurationError as error:
        sys.exit(str(error))
    ensure_servers()

    import django

    django.setup()
    from common.database import tenancy
    from demo.run import run

    tenancy.serve_as_system()

    return run(size, console, Path(environment().home))


if __name__ == "__main__":
    sys.exit(main())
