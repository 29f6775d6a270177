"""How a child grows: WHO z-scores, the categories of the regulation, weight gain, plausibility.

==========================  ======================================================================
module                      answers
==========================  ======================================================================
:mod:`.zscores`             how far from the median, for a million children at once
:mod:`.files`               the same from a CSV file to a CSV file, of any size
:mod:`.categories`          what a z-score is called (Permenkes 2/2020), and who is stunted
:mod:`.weight_gain`         N, T, O or B, and two T in a row
:mod:`.plausibility`        what in a child's measurements cannot be, or is not likely
==========================  ======================================================================

Nothing is imported here: the web needs the categories only, and numpy is slow to load.
"""
