"""P16 in short; packaging/torture.sh runs the long form."""

from pathlib import Path

from tests.torture import stops


def test_p16_the_last_answer_comes_within_seconds_of_a_stop(tmp_path: Path) -> None:
    found = stops.trials(tmp_path, 4, stops.stopped)
    assert stops.percentile(found, 0.99) <= 10
    assert found[0] > -1  # they were answered up to the order


def test_p16_a_lease_ends_within_a_second_of_its_time(tmp_path: Path) -> None:
    found = stops.trials(tmp_path, 2, stops.expired)
    assert -1 <= found[0] <= found[-1] <= 1, found


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(1, 201)]
    assert [stops.percentile(values, share) for share in (0.5, 0.99, 1.0)] == [100.0, 198.0, 200.0]
