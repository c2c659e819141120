"""Objections to amounts: for the payee who objects, and for the operator who answers."""
