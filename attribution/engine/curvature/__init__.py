"""Second moments of gradients, which tell how surprising a direction is, and their inverse roots.

Influence is gᵀ H⁻¹ g′ with H the Fisher matrix of the training set. Whitening every gradient by
H^(-1/2) *before* the projection turns it into a plain inner product of stored rows, and lets one
sketch serve every query. H is far too large, so each weight matrix takes the Kronecker form
of K-FAC (Martens and Grosse, 1503.05671): with a the input and g the output gradient of a token,

    H ≈ G ⊗ A,   G = Σ_tokens g gᵀ / samples,   A = Σ_tokens a aᵀ / tokens,
    whitened gradient = (G + d·mean(eig G) I)^(-1/2) · (Σ_t g_t a_tᵀ) · (A + d·mean(eig A) I)^(-1/2)

and vectors (biases, norms) the diagonal Σ_tokens v² / samples. The damping d is relative to each
factor's mean eigenvalue, so it means the same for every layer and model. An embedding's inputs
are one-hot, so its A is the diagonal of token frequencies. One map serves all uses of a tied
parameter: where it is both looked up and multiplied, the factors of both uses are balanced to
equal traces and added. Then factors and diagonals are refitted to the gradients of whole segments
(`refit`), as far as EK-FAC gets with an eigenvalue for every coordinate (George et al.,
1806.03884), but as two small matrices still. They are kept as eigendecompositions, so every
damping is free.
"""
