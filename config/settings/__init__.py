"""Django settings, one module a topic; everything variable comes from `config.environment`."""

from config.settings.admin import *  # noqa: F403
from config.settings.api import *  # noqa: F403
from config.settings.apps import *  # noqa: F403
from config.settings.data import *  # noqa: F403
from config.settings.jobs import *  # noqa: F403
from config.settings.languages import *  # noqa: F403
from config.settings.logs import *  # noqa: F403
from config.settings.mail import *  # noqa: F403
from config.settings.security import *  # noqa: F403
from config.settings.sign_in import *  # noqa: F403
from config.settings.web import *  # noqa: F403
from config.settings.webhooks import *  # noqa: F403
