"""Who does something in the admin."""

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """Whoever is signed in; the admin lets nobody else come so far."""
    assert isinstance(request.user, User)
    return request.user
