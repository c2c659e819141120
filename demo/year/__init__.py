"""A year of books, simulated: two contracts, twelve periods, and all that goes wrong in between.

Everything goes through the same services as in earnest. The music and its attributions are those of
a finished demo; subscribers, payments, banks and mishaps are invented, drawn from one seed. The
books are in a home of their own, so that the demo's stay as they are.
"""
