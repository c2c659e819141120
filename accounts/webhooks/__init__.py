"""Webhooks by Standard Webhooks: an organisation's servers are told what happened here.

An event and its deliveries are rows, written in the transaction of what happened (`services.
emitting`), so that an effect and its news are there together or not at all. Workers claim what is
due and send it (`services.delivering`); one that is killed leaves a row that another takes up, so
an event may arrive twice, under the same id. Which events there are says `catalogue`. This package
knows no app above it: those call `emit`.
"""
