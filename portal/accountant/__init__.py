"""The accountant's console: a month from its check-list to the bank, and the books to look at."""
