"""Pareto fronts against their definition."""

from hypothesis import given
from hypothesis import strategies as st

from surefoot.runs.pareto import front

POINTS = st.lists(st.tuples(st.integers(-3, 3).map(float), st.integers(-3, 3).map(float)), max_size=12)


@given(POINTS, st.booleans(), st.booleans())
def test_a_front_is_what_nothing_beats(points: list[tuple[float, float]], more_x: bool, more_y: bool) -> None:
    signs = (1 if more_x else -1, 1 if more_y else -1)

    def beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
        apart = [sign * (a - b) for sign, a, b in zip(signs, one, other, strict=True)]
        return min(apart) >= 0 and max(apart) > 0

    wanted = sorted({point for point in points if not any(beats(other, point) for other in points)})
    assert front(points, more_x=more_x, more_y=more_y) == wanted


def test_the_way_of_better_decides_and_nothing_has_no_front() -> None:
    points = [(1.0, 5.0), (2.0, 6.0), (3.0, 4.0), (0.5, 1.0)]
    assert front(points, more_x=True, more_y=True) == [(2.0, 6.0), (3.0, 4.0)]
    assert front([], more_x=True, more_y=True) == []
