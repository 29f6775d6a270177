"""What is stored and how it gets in: tables, migrations, readers of staff's files, reference data."""
