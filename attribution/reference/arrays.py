"""The array types that the reference model's modules pass to each other."""

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
Tokens = NDArray[np.int16]
AnyTokens = NDArray[np.integer]
