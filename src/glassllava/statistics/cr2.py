"""The CR2 standard error of a mean over clusters of any sizes, and its degrees of freedom.

From: `intervals`, with the residual and the cluster of each observation. To: the same module's t interval.

The general estimator [1]_ [2]_ multiplies the residuals of each cluster by ``A_g = (I − H_gg)^(−1/2)``, H the hat
matrix, which makes the variance unbiased where the observations are independent with one variance. For a mean, H is
1/N everywhere and every matrix has a closed form: with cluster sizes n_g, N their sum, shares ``w_g = n_g/N`` and
residual sums S_g, ``A_g`` turns S_g into ``S_g/√(1 − w_g)``, so

    se² = Σ_g S_g² / (1 − w_g) / N².

This is a quadratic form ``Σ_g (p_g' x)²`` with ``p_g = (I − H) 1_g / (N √(1 − w_g))``, where 1_g marks the
observations of cluster g. Satterthwaite's degrees of freedom match the first two moments of a multiple of χ², again
for independent observations of one variance: ``df = (Σ_g p_g'p_g)² / Σ_g Σ_h (p_g'p_h)²``. Since
``p_g'p_h = (w_g δ_gh − w_g w_h) / (N √((1 − w_g)(1 − w_h)))``,

    1/df = Σ_g w_g² + (Σ_g a_g)² − Σ_g a_g²   with   a_g = w_g² / (1 − w_g).

G clusters of one size give the t interval of the cluster means: ``se² = G/(G−1) · Σ_g S_g² / N²`` and df = G − 1. The
more one cluster weighs, the fewer the degrees of freedom, down to 1.

References
----------
.. [1] Bell & McCaffrey, Surv. Methodol. 28 (2002) 169, Statistics Canada catalogue 12-001-X, article 9058.
.. [2] Pustejovsky & Tipton, J. Bus. Econ. Stat. 36 (2018) 672, doi:10.1080/07350015.2016.1247004.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cr2_error(residuals: NDArray[np.float64], codes: NDArray[np.intp]) -> tuple[float, float]:
    """Return the standard error of the mean of all observations, and its degrees of freedom.

    Parameters
    ----------
    residuals : ndarray of float, shape (observations,)
        Value minus mean.
    codes : ndarray of int, shape (observations,)
        The cluster of each observation, 0 … G−1, each used; G is two or more.

    Returns
    -------
    standard_error : float
        In the unit of the values.
    degrees_of_freedom : float
        Of Student's t, 1 to G−1; seldom whole.
    """
    shares = np.bincount(codes) / len(codes)
    sums = np.bincount(codes, weights=residuals)
    standard_error = np.sqrt(np.sum(sums**2 / (1 - shares))) / len(codes)
    pulls = shares**2 / (1 - shares)
    inverse = np.sum(shares**2) + np.sum(pulls) ** 2 - np.sum(pulls**2)
    return float(standard_error), float(1 / inverse)
