"""In which languages pages speak, and how they write days and numbers.

Which one a request gets, `accounts.middleware.ReaderLanguage` decides; the API, the administration
and every file for machines stay as they are in all of them (docs/decisions/0013-languages.md).
"""

from config.environment import BASE_DIR

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
