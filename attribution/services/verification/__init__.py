"""Verifying features that platforms computed themselves, because whoever pays gains by them.

    seeds        a secret a day, bound before the day and shown after it
    drawing      which pieces are verified, by that day's lot
    recomputing  the drawn segments' rows, made again from content and weights that are here
    challenges   content that only the platform has is asked for, and held against its commitment
    findings     what was found, which is the standing of the features
    telling      what platforms are told of it
    passing      all that is due, done by a job every few minutes

Only this package changes the standing of features, and it works as the system: no tenant writes
what is found about it. docs/concepts/verified-features.md says what a standing means.
"""
