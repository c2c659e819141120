"""Figures say what they show as text, and refuse what they cannot draw."""

from xml.etree import ElementTree

import pytest

from benchmarks.figures import Axis, Panel, Series, figure

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*series, x=None, y=None):
    panel = Panel("Cost & use", x or Axis("rows", log=True), y or Axis("ms"), series)
    return ElementTree.fromstring(figure([panel], "cost <against> use"))


def texts(svg):
    return [node.text for node in svg.iter(f"{SVG}text")]


def test_labels_and_names_are_text():
    svg = drawn(Series("ours", [(1e4, 1), (1e6, 3)], labels=["a < b"]))
    assert {"Cost & use", "rows", "ms", "ours", "a < b", "10⁴", "10⁶"} <= set(texts(svg))
    assert svg.find(f"{SVG}title").text == "cost <against> use"


def test_equal_steps_of_a_logarithm_are_equal_on_the_page():
    svg = drawn(Series("ours", [(1e4, 1), (1e5, 2), (1e6, 3)], joined=False))
    dots = [node for node in svg.iter(f"{SVG}circle") if node.get("r") == "3.5"][:3]
    across = [float(dot.get("cx")) for dot in dots]
    assert across[1] - across[0] == pytest.approx(across[2] - across[1], abs=0.2)
    up = [float(dot.get("cy")) for dot in dots]
    assert up == sorted(up, reverse=True)


@pytest.mark.parametrize("value", [0.5, 3.0, 1e-7, 123456.0], ids=str)
def test_one_value_alone_can_be_drawn(value):
    assert len(texts(drawn(Series("ours", [(value, value)])))) > 4


def test_a_logarithm_of_nothing_is_refused():
    with pytest.raises(ValueError, match="'rows' is logarithmic and cannot show 0"):
        drawn(Series("ours", [(0, 1), (10, 2)]))


def test_a_panel_without_points_is_refused():
    with pytest.raises(ValueError, match="needs a point"):
        drawn(Series("ours", []))
