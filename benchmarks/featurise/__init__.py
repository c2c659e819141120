"""How dear are features? Time and memory of one batch, over a plain training step of that batch.

The baseline is forward + backward with the gradients of all weights, without an optimiser. `world`
has the models, `contestants` what competes (`engine`: ours in every configuration; `peers`: public
libraries where they are installed), `timing` and `peaks` measure, `report` prints.
"""
