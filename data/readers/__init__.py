"""Readers of the files staff hold: any spreadsheet or CSV becomes records plus a list of issues.

The entry is :func:`data.readers.intake.read_file`; the shapes are in :mod:`data.readers.records`.
Untrusted bytes are parsed in a guarded child process (:mod:`data.readers.table`).
"""
