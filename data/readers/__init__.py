"""Readers of the files that staff hold; pandas ends here."""
