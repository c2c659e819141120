"""`python -m attribution.engine`: the engine from a shell, for any model, without Django.

    capture STORE --run module:function    fill a store, seal it when nothing is missing
    query STORE --run module:function      print the segments with most influence on each query
    inspect STORE                          print what a store holds and how much is finished
    verify STORE                           read every file and compare its sha256
    merge STORE PART...                    put together what several machines captured
    pack STORE --out FILE                  write a sealed store as one file, to be sent
    features STORE --run module:function   write the features of pieces that stay in the house
    open STORE --run module:function       print what reveals some segments of such a piece

The function returns an `attribution.engine.Run`. Exit codes: 0 for success, 1 for a refusal,
with its sentence on stderr, 2 for a command line that makes no sense, 130 after Ctrl-C.
"""
