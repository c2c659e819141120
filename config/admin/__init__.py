"""The admin as a whole: who comes in, what its pages may load, its first page."""
