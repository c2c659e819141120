"""Disputes: a payee objects to an amount, the operator answers and decides, both read all of it.

Who owns what is no matter for these but for claims (`catalog.claims`), which hold the money that is
contested. A dispute holds nothing: published amounts are final, and where one turns out to be wrong
the period is restated as a resolved dispute, which the next statement tells line by line.
"""
