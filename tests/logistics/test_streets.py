from pathlib import Path

import pytest

from logistics.snapping import arcs_near
from logistics.streets import segments_named
from tests.api.services.test_road_map import ladder, spot


def test_a_street_is_found_by_part_of_its_name_and_cut_at_its_junctions(tmp_path: Path) -> None:
    network = ladder(tmp_path)
    found = segments_named(network, "selatan JALAN")
    assert [(each.street, set(each.crossings)) for each in found] == [
        ("Jalan Selatan", {"Gang 0", "Gang 1"}),
        ("Jalan Selatan", {"Gang 1", "Gang 2"}),
    ]
    for each, column in zip(found, (0.5, 1.5), strict=True):
        assert (each.lat, each.lon) == pytest.approx(spot(0, column), abs=1e-6)
        [arcs] = arcs_near(network, [(each.lat, each.lon)])
        assert {network.names[int(network.name[arc])] for arc in arcs} == {"Jalan Selatan"}
        assert each.length_m == pytest.approx(float(network.length_m[arcs[0]]))


@pytest.mark.parametrize("words", ["", "  ", "Mawar", "selatan utara"])
def test_other_words_find_nothing(tmp_path: Path, words: str) -> None:
    assert segments_named(ladder(tmp_path), words) == []
