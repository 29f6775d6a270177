"""Wire models: fields are listed, never inherited from a table."""
