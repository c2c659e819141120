"""Exports: everything that is held about a rights holder's organisation, in one file to take away.

A worker writes it as the organisation itself, so that the database shows it nothing of others. It
can be fetched for some days by the organisation's people, and is then removed.
"""
