"""Claims to shares, and what happens where they exceed the whole.

Anybody entitled may claim. What fits into the part that nobody claims waits for a person of the
operator; what exceeds the whole becomes a share at once and opens a conflict, so that the money of
the contested part alone is held (royalty.apportionment.ownership). Nothing here decides between
claims: a conflict is settled when its sides agree, when one yields, or when a person records what
a court or an agreement said.

Tenants write no row of this app themselves. A service looks at whether they may, and then writes
as system, since a claim reaches shares and organisations that its claimant may not see.
"""
