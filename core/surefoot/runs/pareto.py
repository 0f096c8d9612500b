"""Pareto fronts of two figures: what is not beaten in both at once. Pure."""

from collections.abc import Iterable


def front(points: Iterable[tuple[float, float]], *, more_x: bool, more_y: bool) -> list[tuple[float, float]]:
    """The points that no other equals or beats in both figures while it beats one, in the order of x, each once.

    Args:
        points: pairs of figures.
        more_x: whether more of the first is better.
        more_y: whether more of the second is.
    """
    best: list[tuple[float, float]] = []
    sign = 1 if more_y else -1
    for x, y in sorted(set(points), key=lambda point: (-point[0] if more_x else point[0], -sign * point[1])):
        if not best or sign * y > sign * best[-1][1]:
            best.append((x, y))
    return sorted(best)
