"""Celery: messages are only wake-ups, the jobs themselves are rows (see `common.jobs`)."""

from config.embedded.places import places
from config.environment import environment

CELERY_BROKER_URL = environment().broker_url or places().broker_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "wake sleeping jobs": {"task": "jobs.sweep", "schedule": 5.0, "options": {"queue": "default"}},
}
CELERY_BEAT_SCHEDULE["forget old answers"] = {
    "task": "api.forget",
    "schedule": 3600.0,
    "options": {"queue": "default"},
}
# Every hour, since a worker may be away at any one of them; done again, it does nothing twice.
CELERY_BEAT_SCHEDULE["run the calendar"] = {
    "task": "royalty.calendar",
    "schedule": 3600.0,
    "options": {"queue": "default"},
}
CELERY_BEAT_SCHEDULE["clear uploads away"] = {
    "task": "uploads.expire",
    "schedule": 3600.0,
    "options": {"queue": "default"},
}
CELERY_BEAT_SCHEDULE["clear exports away"] = {
    "task": "exports.expire",
    "schedule": 3600.0,
    "options": {"queue": "default"},
}
# Wakes up what is due for another attempt, and what was forgotten while the broker was away.
CELERY_BEAT_SCHEDULE["send webhooks"] = {
    "task": "webhooks.deliver",
    "args": ["due"],
    "schedule": 5.0,
    "options": {"queue": "default"},
}
CELERY_BEAT_SCHEDULE["keep webhooks in order"] = {
    "task": "webhooks.upkeep",
    "schedule": 3600.0,
    "options": {"queue": "default"},
}
# Asked every hour and done once a day, as the calendar.
CELERY_BEAT_SCHEDULE["look at the catalogue"] = {
    "task": "quality.nightly",
    "schedule": 3600.0,
    "options": {"queue": "default"},
}
CELERY_BEAT_SCHEDULE["look for what is claimed more than once"] = {
    "task": "claims.nightly",
    "schedule": 3600.0,
    "options": {"queue": "default"},
}
# What platforms computed themselves is drawn, judged and told of; how much, VERIFICATION_RATE_PPM.
CELERY_BEAT_SCHEDULE["verify features"] = {
    "task": "attribution.verification",
    "schedule": 600.0,
    "options": {"queue": "default"},
}
VERIFICATION_RATE_PPM = environment().verification_rate_ppm
PAYOUT_DAY = environment().payout_day
# By which engineers' pages estimate what jobs cost, in EUR.
WORKER_HOUR_CENTS = environment().worker_hour_cents
JOB_QUEUES = ("gpu", "default", "documents")
