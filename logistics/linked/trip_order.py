"""Whom an iteration puts in again, and in which order, compiled."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inner
from logistics.linked.chance import below, chance
from logistics.linked.trip_columns import (
    CLOSES,
    DEMAND,
    GROUP,
    MOST_TOGETHER,
    MOST_WANTED,
    MUST,
    NUM_ABSENT,
    OPENS,
)

SHARE_OF_NEAR = 0.8
"""How often a group near one that was left out is wanted with it."""


@inner
def add_absent(
    near: np.ndarray,
    prize: np.ndarray,
    node: np.ndarray,
    absent: np.ndarray,
    absent_at: np.ndarray,
    numbers: np.ndarray,
    random: np.ndarray,
    settings: np.ndarray,
    seed: int,
    wanted: np.ndarray,
    num_wanted: int,
) -> int:
    """Add groups that were absent before: all that must be served, some near the seed."""
    num_removed = num_wanted
    for row in range(min(numbers[NUM_ABSENT] - num_removed, 20)):
        group = absent[row]
        if prize[group] >= settings[MUST]:
            wanted[num_wanted] = group
            num_wanted += 1
    most = num_wanted + below(random, int(settings[MOST_WANTED]) + 1)
    for row in range(-1, near.shape[1]):
        if num_wanted >= most:
            break
        client = np.int64(seed) if row < 0 else np.int64(near[seed, row])
        group = node[client, GROUP]
        if absent_at[group] < 0 or prize[group] >= settings[MUST]:
            continue
        if chance(random) < 0.3:
            continue
        is_there = False
        for other in range(num_wanted):
            is_there = is_there or wanted[other] == group
        if not is_there:
            wanted[num_wanted] = group
            num_wanted += 1
    return num_wanted


@inner
def around_absent(
    near: np.ndarray,
    prize: np.ndarray,
    member: np.ndarray,
    member_first: np.ndarray,
    node: np.ndarray,
    absent: np.ndarray,
    absent_at: np.ndarray,
    numbers: np.ndarray,
    random: np.ndarray,
    settings: np.ndarray,
    wanted: np.ndarray,
) -> int:
    """Want a group by chance that was left out, and others near it, nearest first."""
    group = np.int64(absent[below(random, numbers[NUM_ABSENT])])
    if prize[group] >= settings[MUST]:
        return 0
    wanted[0], num_wanted = group, 1
    seed = np.int64(member[member_first[group]])
    most = 2 + below(random, int(settings[MOST_TOGETHER]))
    for row in range(near.shape[1]):
        group = np.int64(node[near[seed, row], GROUP])
        is_free = absent_at[group] >= 0 and prize[group] < settings[MUST]
        if is_free and chance(random) < SHARE_OF_NEAR:
            is_there = False
            for other in range(num_wanted):
                is_there = is_there or wanted[other] == group
            if not is_there:
                wanted[num_wanted] = group
                num_wanted += 1
        if num_wanted >= most:
            break
    return num_wanted


@inner
def order(
    out: np.ndarray,
    member: np.ndarray,
    member_first: np.ndarray,
    node: np.ndarray,
    random: np.ndarray,
    has_hours: bool,
    wanted: np.ndarray,
    num_wanted: int,
    key: np.ndarray,
) -> None:
    """Sort groups by chance, largest, farthest, nearest, and by their hours."""
    how = below(random, 17 if has_hours else 11)
    for row in range(num_wanted):
        group = wanted[row]
        client = member[member_first[group]]
        if how < 4:
            value = chance(random)
        elif how < 8:
            value = -float(node[client, DEMAND])
        elif how < 10:
            value = -float(out[0, 0, client])
        elif how < 11:
            value = float(out[0, 0, client])
        elif how < 13:
            value = float(node[client, CLOSES] - node[client, OPENS])
        elif how < 15:
            value = float(node[client, OPENS])
        else:
            value = -float(node[client, CLOSES])
        place = row
        while place > 0 and key[place - 1] > value:
            key[place], wanted[place] = (key[place - 1], wanted[place - 1])
            place -= 1
        key[place], wanted[place] = (value, group)
