"""The feature store: rows that were expensive to make, kept so that they can be trusted.

A store is a folder of plain files, readable with numpy alone:

    config.json                        format, capture configuration, members, number of segments,
                                       and what the rows were made from (identity)
    shards/<member>/00000.npy          codes of segments 0 .. shard_rows-1, (n, stored width)
    shards/<member>/00000.json         sha256 and size of the codes, one scale a row, the sha256 of
                                       config.json, and the featuriser's fingerprint
    scales/<member>.npy                written when sealed: the scale of every row, (n,) float32
    manifest.json                      written when sealed: sha256 and size of every file above

A row's value is `code · scale`; `codes` says what a code is for each dtype.

A shard is finished when its `.json` is there and both its size and hash agree; the `.json` is
written after the rows, both by fsync and rename. So a worker that is killed leaves nothing that
looks finished, two workers on one shard write the same bytes, and workers on different shards
never meet. A shard of another store, member or checkpoint is recognised by the hashes it carries.
"""
