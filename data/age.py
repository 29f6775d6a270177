"""Age in months, as the growth standards count it."""

__all__ = ["DAYS_PER_MONTH", "months_of_days"]

DAYS_PER_MONTH = 30.4375
"""A twelfth of 365.25 days (WHO Anthro's month)."""


def months_of_days(age_days: int) -> int:
    """Return how many whole months an age in days is."""
    return int(age_days / DAYS_PER_MONTH)
