"""The table of colours can be read: every pair that is declared in use is computed."""

import pytest

from surefoot_app.theme.tokens import DARK, EDGE_PAIRS, LIGHT, TEXT_PAIRS, Tokens, contrast

SCHEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


@SCHEMES
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_at_least_four_and_a_half_to_one(tokens: Tokens, text: str, ground: str) -> None:
    assert contrast(tokens.colour(text), tokens.colour(ground)) >= 4.5


@SCHEMES
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_an_edge_is_at_least_three_to_one(tokens: Tokens, edge: str, ground: str) -> None:
    assert contrast(tokens.colour(edge), tokens.colour(ground)) >= 3.0


@SCHEMES
@pytest.mark.parametrize("ground", ["surface"])
def test_a_line_of_a_chart_is_seen_on_its_card(tokens: Tokens, ground: str) -> None:
    assert [each for each in tokens.series if contrast(each, tokens.colour(ground)) < 3.0] == []


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_a_colour_that_is_in_no_table_is_refused() -> None:
    with pytest.raises(KeyError):
        LIGHT.colour("pink")
