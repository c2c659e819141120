"""`python -m config.embedded start|stop`: the private servers by hand."""

import argparse
import sys

from config.embedded import ensure_servers, stop_servers
from config.environment import environment


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    parser.add_argument("action", choices=["start", "stop"])
    if parser.parse_args().action == "start":
        ensure_servers()
        sys.stdout.write(f"The private servers answer; their files are in {environment().home}.\n")
    else:
        stopped = stop_servers()
        sys.stdout.write(f"Stopped: {', '.join(stopped) or 'nothing was running'}.\n")


if __name__ == "__main__":
    main()
