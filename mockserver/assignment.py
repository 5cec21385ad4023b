"""The cheapest one-to-one assignment of rows to columns (the Hungarian method, O(n^2 m))."""

from __future__ import annotations

import math
from collections.abc import Sequence

Costs = Sequence[Sequence[float]]


def assign(costs: Costs) -> list[tuple[int, int]]:
    """Pairs (row, column), as many as the shorter side has, whose costs sum up to the least. Empty for no cells."""
    if not costs or not costs[0]:
        return []
    if len(costs) > len(costs[0]):
        turned = [list(column) for column in zip(*costs, strict=True)]
        return sorted((row, column) for column, row in assign(turned))
    owners, prices = [-1] * len(costs[0]), ([0.0] * len(costs), [0.0] * len(costs[0]))
    for row in range(len(costs)):
        _place(costs, row, owners, prices)
    return sorted((row, column) for column, row in enumerate(owners) if row >= 0)


def _place(costs: Costs, row: int, owners: list[int], prices: tuple[list[float], list[float]]) -> None:
    """Give a row a column along the cheapest alternating path."""
    of_row, of_column = prices
    slack, came_from = [math.inf] * len(owners), [-1] * len(owners)
    visited: list[int] = []
    column, current = -1, row
    while True:
        free = [j for j in range(len(owners)) if j not in visited]
        for j in free:
            cost = costs[current][j] - of_row[current] - of_column[j]
            if cost < slack[j]:
                slack[j], came_from[j] = cost, column
        best = min(free, key=lambda j: slack[j])
        step = slack[best]
        of_row[row] += step
        for j in visited:
            of_row[owners[j]] += step
            of_column[j] -= step
        for j in free:
            slack[j] -= step
        visited.append(best)
        column = best
        if owners[best] < 0:
            break
        current = owners[best]
    _flip(column, row, owners, came_from)


def _flip(column: int, row: int, owners: list[int], came_from: list[int]) -> None:
    while column >= 0:
        before = came_from[column]
        owners[column] = owners[before] if before >= 0 else row
        column = before
