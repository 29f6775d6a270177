"""A believable month in the files that staff hold, from a seed; nobody in it exists."""
