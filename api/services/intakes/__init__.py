"""What each kind of file would change: one planner per kind, one way to store and take back."""
