"""`manage.py add_operator EMAIL`: somebody who runs this installation, with every right."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import Membership, Organisation, User


class Command(BaseCommand):
    help = "Add somebody who runs this installation; asks for the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="of the person")
        parser.add_argument(
            "--organisation", default="Operator", help="for whom they act; made if it is missing"
        )

    @transaction.atomic
    def handle(self, *, email: str, name: str, organisation: str, **_: Any) -> None:
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"{email} is known already; give them rights in the admin.")
        user = User(email=email, name=name, is_staff=True, is_superuser=True)
        try:
            validate_email(email)
            user.set_password(_password(user))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user.save()
        employer, _made = Organisation.objects.get_or_create(
            name=organisation, kind=Organisation.Kind.OPERATOR
        )
        Membership.objects.create(user=user, organisation=employer)
        self.stdout.write(f"{email} acts for {employer} and may do everything.")


def _password(user: User) -> str:
    """A good password from the terminal, or from a line of input."""
    text = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    validate_password(text, user)
    return text
