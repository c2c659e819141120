"""The feature store: rows that were expensive to make, kept so that they can be trusted.

A store is a folder of plain files, readable with numpy alone:

    config.json                        format, capture configuration, members, number of segments,
                                       and what the rows were made from (identity)
    shards/<member>/00000.npy          rows of segments 0 .. shard_rows-1, (n, dimension)
    shards/<member>/00000.json         sha256 and size of the rows, their exponents, the sha256 of
                                       config.json, and the featuriser's fingerprint
    exponents/<member>.npy             written when sealed: one power of two a row, (n,) int16
    manifest.json                      written when sealed: sha256 and size of every file above

A row's value is `stored · 2^exponent`; exponents are 0 in float32 stores. A power of two a row
keeps float16 from overflowing and loses nothing, and depends on that row alone, so workers need
not agree on anything.

A shard is finished when its `.json` is there and both its size and hash agree; the `.json` is
written after the rows, both by fsync and rename. So a worker that is killed leaves nothing that
looks finished, two workers on one shard write the same bytes, and workers on different shards
never meet. A shard of another store, member or checkpoint is recognised by the hashes it carries.
"""
