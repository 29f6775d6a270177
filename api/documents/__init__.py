"""Documents from plain values: PDF sheets, XLSX, GPX, CSV. They know no database."""
