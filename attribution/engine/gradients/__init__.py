"""Exact per-sample gradients of any module, in one backward pass where that is possible.

Weights are frozen, so that only gradients of *activations* flow back (0.86 of the time of a
training step); hooks keep each module's input and receive the gradient of its output, which is
all that a parameter's per-sample gradient is made of (`tape`, `rules`). `attention` lets hooks see
into `nn.MultiheadAttention`. A module that no rule sees is run again by itself (`replay`), and
where not even that tells samples apart, they go one at a time through autograd (`passes`).
`survey` decides which is which by running the model and comparing with autograd, `draft` draws
the plan, and `check` proves it on other segments.
"""
