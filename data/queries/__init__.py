"""Named reads and statements, one module per aggregate; they take a session and return rows."""
