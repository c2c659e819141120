"""Pages for whoever answers for a model: what it was trained on, and whether shares can be trusted.

    guard       who may see them, and of which models
    models      model versions, their checkpoints, features and training sets
    pace        how fast a job is, how long it still takes, what it costs
    runs        runs of attribution and the jobs of all of this
    quality     what a run measured of itself, as figures, drawings and tables
    agreement   two runs over the same pieces, side by side
    drawing     from counts to where they stand on the page

Nothing is computed here but what a row already says: scores stay with the workers.
"""
