"""Which client this is, as the server's log shows it."""

import platform
from importlib.metadata import version

__version__ = version("tantieme-client")
USER_AGENT = f"tantieme-client/{__version__} python/{platform.python_version()}"
