"""What every API resource shares: problems, bodies, pages, idempotency. It knows no app.

A request passes `ProblemsUnderApi`, gets a key's organisation from the authenticator that the
settings name, and runs in a `Resource`, whose method is one transaction. Whatever goes wrong
becomes a problem document (RFC 9457) of a kind that `problems` lists.
"""
