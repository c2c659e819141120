"""Reading scores off a sealed store: what money needs, and what people ask.

`exact` scans: every stored row meets every query, in blocks, whatever the dtype. `sums` adds up
what a scan yields, or the rows themselves, by track. `products` has the arithmetic on whole
numbers. `lookup` finds the nearest few rows fast, for people; `certificate` says how much money
would be missed by paying from such an answer, and is why money is paid from scans.
"""
