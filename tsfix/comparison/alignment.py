"""Two small algorithms on lists of numbers: the longest increasing run and the longest common subsequence."""

from __future__ import annotations

from collections.abc import Sequence as List
from itertools import islice
from operator import lt


def is_increasing(numbers: List[int]) -> bool:
    """Tell whether each number is larger than the one before it."""
    return all(map(lt, numbers, islice(numbers, 1, None)))


def longest_increasing(numbers: List[int], sizes: List[int] | None = None) -> list[int]:
    """The indexes of a longest increasing selection of the numbers, which are all different. Takes n log n steps.

    With ``sizes``, one for each number, it is the one of the largest sum of sizes among the longest.
    """
    if is_increasing(numbers):
        return list(range(len(numbers)))
    sizes = sizes or [0] * len(numbers)
    longer = sum(sizes) + 1
    ranks = {number: rank for rank, number in enumerate(sorted(numbers), start=1)}
    # A Fenwick tree: the best selection that ends in one of the lowest numbers, as its value and its last index.
    best = [(0, -1)] * (len(numbers) + 1)
    previous: list[int] = []
    for index, number in enumerate(numbers):
        value, last = 0, -1
        rank = ranks[number] - 1
        while rank:
            value, last = max((value, last), best[rank])
            rank -= rank & -rank
        previous.append(last)
        found = (value + longer + sizes[index], index)
        rank = ranks[number]
        while rank < len(best):
            best[rank] = max(best[rank], found)
            rank += rank & -rank
    _, at = max(best)
    chosen: list[int] = []
    while at != -1:
        chosen.append(at)
        at = previous[at]
    chosen.reverse()
    return chosen


def common_subsequence(left: List[int], right: List[int], most_work: int) -> list[tuple[int, int]]:
    """Pairs of indexes of equal numbers that keep the order of both lists, as many as possible.

    Equal numbers at both ends are paired first. The table for the rest has one field for each pair of a left and a
    right number; where it would have more than ``most_work`` fields, the rest stays without pairs.
    """
    start = 0
    shorter = min(len(left), len(right))
    while start < shorter and left[start] == right[start]:
        start += 1
    tail = 0
    while tail < shorter - start and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    inner_left, inner_right = left[start : len(left) - tail], right[start : len(right) - tail]
    pairs = [(index, index) for index in range(start)]
    if len(inner_left) * len(inner_right) <= most_work:
        pairs += [(start + one, start + other) for one, other in _by_table(inner_left, inner_right)]
    pairs += [(len(left) - back, len(right) - back) for back in range(tail, 0, -1)]
    return pairs


def _by_table(left: List[int], right: List[int]) -> list[tuple[int, int]]:
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for one in range(len(left) - 1, -1, -1):
        row, below = lengths[one], lengths[one + 1]
        for other in range(len(right) - 1, -1, -1):
            row[other] = below[other + 1] + 1 if left[one] == right[other] else max(below[other], row[other + 1])
    pairs: list[tuple[int, int]] = []
    one = other = 0
    while one < len(left) and other < len(right):
        if left[one] == right[other]:
            pairs.append((one, other))
            one, other = one + 1, other + 1
        elif lengths[one + 1][other] >= lengths[one][other + 1]:
            one += 1
        else:
            other += 1
    return pairs
