"""Use cases: functions that load, ask a core, and store. They flush and never commit."""
