"""What people choose for themselves."""

from accounts.models import User


def choose_language(*, user: User, language: str) -> User:
    """Speak to somebody in this language from now on, on pages and in e-mails."""
    user.language = language
    user.save(update_fields=["language"])
    return user
