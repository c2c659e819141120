"""Usage, revenue, contracts, periods, the ledger, statements."""
