"""Ruin and recreate on linked lists for the literature's families, compiled; `lean` drives it.

`string_search` runs iterations for one capacity, `trip_search` for hours, fleets, depots, several
trips, prizes and groups. Both take strings of neighbouring clients off a few routes (`cutting`),
put each client back beside its nearest neighbours (`ground`), and undo from a log what is not
accepted. `string_state` and `trip_state` turn instances and plans into arrays and back.
"""
