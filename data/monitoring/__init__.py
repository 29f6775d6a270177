"""What figures may be said to mean, and which of them may leave the office.

==========================  ======================================================================
module                      answers
==========================  ======================================================================
:mod:`.digits`              whether measurements were read off or rounded
:mod:`.effect`              whether supported children grow better than comparable ones
:mod:`.funnel`              whether a unit's share differs from the others' by more than chance
:mod:`.projection`          where a monthly count is heading, and what coverage a target would take
:mod:`.shares`              hits and cases of a share, by its definition
:mod:`.supervision`         where a supervision visit is asked for, and why
:mod:`.suppression`         which cells of added-up tables to hide so that no small one comes back
:mod:`.targeting`           whether help goes to those who need it
==========================  ======================================================================

Nothing is imported here: scipy is slow to load.
"""

SMALLEST_SHOWN = 5
"""Counts from one up to below this do not leave the office: few children can be recognised."""
