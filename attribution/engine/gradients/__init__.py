"""Exact per-sample gradients of any module in one backward pass.

Weights are frozen, so that only gradients of *activations* flow back (0.86 of the time of a
training step); hooks keep each module's input and receive the gradient of its output, which is
all that a parameter's per-sample gradient is made of (`rules`). Parameters that no rule sees go
through autograd, one sample at a time (`passes`). `survey` decides which is which by running the
model, and `check` proves the decision against autograd.
"""
