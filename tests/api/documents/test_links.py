from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from api.documents.links import geo_link, google_maps_links, stop_code
from tests.api.documents.sample_books import route


def test_geo_link_is_labelled_with_the_code() -> None:
    assert (
        geo_link(-2.13, 106.1, "1 RT-7")
        == "geo:-2.130000,106.100000?q=-2.130000,106.100000(1%20RT-7)"
    )


def test_token_comes_before_place_and_neither_gives_nothing() -> None:
    stop = route().trips[0].stops[0]
    assert stop_code(replace(stop, token="st_1")) == "st_1"
    assert (stop_code(stop) or "").startswith("geo:")
    assert stop_code(replace(stop, latitude=None)) is None


@pytest.mark.parametrize(
    ("max_waypoints", "num_links"), [(9, 2), (3, 4), (0, 13), (11, 2), (12, 1)]
)
def test_parts_join_and_none_has_too_many_waypoints(max_waypoints: int, num_links: int) -> None:
    links = google_maps_links(route(), max_waypoints=max_waypoints)
    queries = [parse_qs(urlsplit(link).query) for link in links]
    assert len(links) == num_links
    for query, following in pairwise(queries):
        assert query["destination"] == following["origin"]
    visited = [query["origin"][0] for query in queries]
    for query in queries:
        between = query.get("waypoints", [""])[0].split("|") if "waypoints" in query else []
        assert len(between) <= max_waypoints
        visited += between
    assert len(visited) + 1 == 12 + 2


def test_route_without_places_has_no_link() -> None:
    empty = replace(route(num_stops=0), depot_latitude=None)
    assert google_maps_links(empty) == ()


def test_negative_number_of_waypoints_is_refused() -> None:
    with pytest.raises(ValueError, match="max_waypoints"):
        google_maps_links(route(), max_waypoints=-1)
