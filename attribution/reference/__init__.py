"""A small trainable music model, for the demonstration, the tests and the benchmarks.

Real music in, a model whose whole training is known out: `tokens` reads MIDI, `segments` cuts
tracks into windows, `model` is a Music Transformer, `training` makes checkpoints of it, `sampling`
writes new pieces, `task` plugs it into the attribution engine; `ngram` and `embedding` are the
baselines that it and the attribution have to beat. No Django here, and nothing of
the engine but in `runs`, an example of how a model comes to the engine's command line.
"""
