"""Statistics of clustered answers: means, paired differences, yes/no scores and agreement.

In: arrays of equal length (values or labels, the cluster of each, the state of each). A cluster is a paper:
answers about one paper resemble each other, so papers, not answers, are what is counted as independent.
Out: frozen dataclasses of plain numbers. Nothing here reads or writes a workspace.

Rules that every function keeps: only the state ``ok`` enters a number; ``not_applicable`` is left out of
everything; any other state is a failure, which lowers the coverage and moves nothing else. A value that is
undefined is None, never 0. Below five clusters there is no interval, and the result says why.
"""

from glassllava.statistics.agreement import (
    Agreement,
    area_under_curve,
    cohen_kappa,
    krippendorff_alpha,
    spearman,
)
from glassllava.statistics.binary import BinaryScores, binary_scores
from glassllava.statistics.intervals import MINIMUM_CLUSTERS, ClusteredMean, clustered_mean
from glassllava.statistics.paired import PairedDifference, paired_difference

__all__ = [
    "MINIMUM_CLUSTERS",
    "Agreement",
    "BinaryScores",
    "ClusteredMean",
    "PairedDifference",
    "area_under_curve",
    "binary_scores",
    "clustered_mean",
    "cohen_kappa",
    "krippendorff_alpha",
    "paired_difference",
    "spearman",
]
