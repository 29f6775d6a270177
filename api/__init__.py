"""Composes the cores and the storage: use cases, JSON, pages, sign-in, jobs, command line."""
