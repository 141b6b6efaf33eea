"""The interval of any statistic of clustered data: leave one cluster out at a time.

From: `agreement`, whose statistics are no means. To: the same module's intervals.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Statistic = Callable[[NDArray[np.intp]], float | None]


def jackknife_standard_error(statistic: Statistic, codes: NDArray[np.intp], clusters: int) -> float | None:
    """Delete-one-cluster standard error.

    ``se² = (G−1)/G · Σ_g (θ_(g) − θ̄)²`` with θ_(g) the statistic without cluster g and θ̄ their mean [1]_.

    Parameters
    ----------
    statistic : callable
        Takes the indices of the observations to use, returns the statistic or None where undefined.
    codes : ndarray of int, shape (observations,)
        The cluster of each observation, 0 … G−1.
    clusters : int
        G.

    Returns
    -------
    float or None
        None where the statistic is undefined without some cluster.

    References
    ----------
    .. [1] Efron & Stein, Ann. Stat. 9 (1981) 586, doi:10.1214/aos/1176345462.
    """
    left_out = [statistic(np.flatnonzero(codes != cluster)) for cluster in range(clusters)]
    defined = np.array([value for value in left_out if value is not None], dtype=np.float64)
    if len(defined) < clusters:
        return None
    return float(np.sqrt((clusters - 1) / clusters * np.square(defined - defined.mean()).sum()))
