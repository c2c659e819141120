"""Deliveries: files about works and tracks, from their arrival until the catalogue says the same.

    received --check--> checked --approve--> approved --write--> done
                 └────> refused                           └────> failed

A delivery is checked without writing anything of it: its preview says what would become of every
row. Approved, it is written, either all of it in one transaction or, with `take_good_rows`, chunk
by chunk without the rows at fault, so that a worker that dies goes on where it was. Rows that can
be read but look wrong are quarantined until somebody releases or refuses them.

The rows stay: they are the lineage of what the catalogue says.
"""
