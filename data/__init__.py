"""What is stored and how it gets in.

Tables, migrations, readers of staff's files, reference data.
"""
