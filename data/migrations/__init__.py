"""How the tables came to be: one revision after another, run by ``data.engine.migrate``."""
