"""Large files in parts, so that a lost connection loses one part and not the file.

An upload is announced with its size and sha256 and is of that one file for ever. Its parts come in
any order, at once, and again; `GET` tells which are there. Once all are, it is sealed: the file as
a whole has been held against its sha256. What for it was sent is its purpose; an app takes a sealed
upload in the transaction that uses it:

    upload = take(upload_id, Purpose.CHECKPOINT, tenant=organisation.tenant)
    place = upload.keep_at(folder / "weights.safetensors")     # or read `upload.path`
    consume(upload)                                            # used once, in this transaction
    ...
    discard(upload)                                            # when its file is needed no more

This package knows no app; what it takes in is hostile, and the apps look into it.
"""
