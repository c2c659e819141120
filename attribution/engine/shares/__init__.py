"""From scores to shares: what a generation owes to whom, and how sure that is.

The input is one score for each (member of the ensemble, query segment of a generation, segment of
a track). The output is, for each generation, an integer share in parts per billion for each track
that earns anything, an interval, evidence, and the explicit rest that stays unattributed.

**Why controls.** Every gradient resembles every other a little, so every track scores above zero
for every generation. What a track would score *without having been trained on* can be observed:
control tracks come from the same catalogue and were kept out of training. They are two disjoint
groups. CALIBRATION tracks make the null. TEST tracks never touch it: put beside the trained ones,
they measure how much money goes to tracks that cannot have earned any (`quality`).

**1. Standardise** (`standardise`). Within one member and query segment, scores are shifted by the
median and divided by 1.4826·MAD of all calibration segments, then averaged over members and
summed over the query segments of a generation and the segments of a track: s_gt. Members with
larger gradients, and surprising query segments, thus weigh no more than others; tracks are *not*
divided by their own gradient norm, because that is the influence they are paid for.

**2. Null** (`null`). A control track t with m segments has mean m·μ_g and spread τ_g·v_t, where
μ_g and τ_g are the trimmed mean and the trimmed deviation over the calibration tracks of that
generation. The standard score is z_gt = (s_gt − m·μ_g) / (τ_g·v_t), and the excess, in which money
is measured, e_gt = s_gt − m·μ_g. Robust estimates keep a generation that copies a calibration
track from hiding behind it. v_t is how widely an unrelated track scatters. Whitened features vary
about equally in all directions, so it is the norm of the track's summed features (`track_norms`),
known without looking at a query and just as valid for trained tracks as for controls. Without
norms, v_t = √(m + ρm²), with ρ, the likeness of the segments of one track, fitted over all
generations by an L1 likelihood; a few tracks with restless gradients then raise the gate for all.

**3. Gate** (`null`). The standard scores of calibration tracks, each taken against the *other*
calibration tracks of its generation, are pooled. The gate c is where the tail probability is
`false_tracks_per_generation` / number of trained tracks. So far out there are few samples or
none, so the tail (a tenth of the pool, or 30 scores where that is more) is a generalised Pareto
law matched to its median and 80 % quantile (robust to a few outliers). Its shape decides most of
where the gate lies and is poorly known, since scores of one track or piece go together; it is
shrunk towards a shape that suits the reference model, somewhat heavier than exponential. Tests on
simulated scores hold the gate to what was asked of it.

The pool is that of all generations of the run, so a gate is well known only where there are many.
Where pieces are attributed one by one, `companions` make the pool in their place: other pieces
whose scores against the calibration tracks are as much chance, such as the trained tracks
themselves, whose rows lie in the store. The shares of a piece then depend on the store and on the
piece alone, not on what was attributed together with it.

**4. Credit** (`credit`). A track with z > c earns; its credibility is κ = 1 − (c/z)², its weight
w = e·κ, and

    share of t = λ · w_t / Σ w,     λ = Σ w κ / Σ w,     unattributed = 1 − λ.

λ is 1 − (mass that chance at the gate's level could explain) / (observed mass), taken over the
tracks that pass; κ is the non-negative garrote (Breiman 1995; the positive part of James and
Stein's shrinkage). Shares are continuous: a track that just passes earns nothing, takes nothing
from others, and earns more smoothly as its evidence grows; a lone source with z = 2c gets 75 %,
with z = 10c 99 %. If nothing passes, λ = 0. Shares are never invented.

Two simpler credibilities were rejected. (a) 1 − expected positive mass under the null / Σ_t
max(0, e_t), over all tracks: its noise mass grows with the catalogue, so the exact copy of a track
at z = 100 would earn 2 % beside 10,000 unrelated tracks. (b) The same over passing tracks only:
a lone track at the gate, which chance produces in 5 % of generations, would take 94 % of one.
With κ, chance takes hardly anything of a generation that is pure noise (`quality`
measures it on test controls); the price is that several weak sources are paid below their worth.

**5. Interval** (`interval`). It holds, nine times in ten, the share that eight other training runs
would give. Checkpoints of one run have its seed in common, so runs are compared, not members. Two
things are predicted: by how much a track stands out further when more runs average out what is a
run's own in chance, and by how much runs differ in how strongly they show a source. Several runs
measure both, moderated over pairs; of one run both are assumed from the reference model. One member
alone has no interval, and says so. A bootstrap over members was rejected: it sees neither
(docs/decisions/0007-uncertainty.md has the coverage).

**What is not exchangeable.** A trained track has been fitted, so its gradients are smaller than a
control's and its null scores narrower. Judged by norms, each track is measured by its own
gradients; judged by lengths, the gate is too strict, never too lax, and power is lost.
`Quality.trained_to_control_spread` tells (1 is exchangeable). Nothing is corrected by it: a
correction learned from the scores of trained tracks would learn their true influence away.
"""
