#!/usr/bin/env python
"""Django's command line for Tantieme; starts the private servers when none are configured."""

import os
import sys

# These read no data, so they must work where no server can run (an image build, an editor).
SERVERLESS = {"check", "collectstatic", "compilemessages", "help", "makemessages", "version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.embedded import ensure_servers
    from config.environment import ConfigurationError, environment

    try:
        environment()
    except ConfigurationError as error:
        sys.exit(str(error))
    if len(sys.argv) > 1 and sys.argv[1] not in SERVERLESS:
        ensure_servers()
    if len(sys.argv) > 1 and sys.argv[1] != "runserver":
        from common.database import tenancy

        tenancy.serve_as_system()  # commands are the operator's own
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
