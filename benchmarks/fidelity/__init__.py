"""Which attribution method tells best what retraining without a song would change?

The judge is the linear datamodeling score (Park et al., TRAK, 2303.14186): train the same model
again on random halves of the tracks, note what each query then costs it, and see how well the
scores of a method, summed over the half, put those costs in order.

    world → retraining → truth (cached in this package) ─┐
    world → full model's checkpoints → methods → scores ─┴→ lds → table

Slow once (the truth), minutes ever after. docs/concepts/fidelity.md explains it to a reader.
"""
