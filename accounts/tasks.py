"""What workers do for people: send the e-mails about their accounts."""

from typing import Any

from accounts.services import mails, membership
from common.jobs.registry import Progress, handler


@handler(mails.RESET)
def reset(payload: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    return mails.send_reset(payload)


@handler(mails.CHANGED)
def changed(payload: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    return mails.send_change(payload)


@handler(mails.NEW_ADDRESS)
def new_address(payload: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    return mails.send_new_address(payload)


@handler(membership.INVITE)
def invite(payload: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    return mails.send_invitation(payload)
