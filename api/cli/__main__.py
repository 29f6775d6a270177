"""``python -m api.cli``: the same as ``asuh``."""

from api.cli import main

main()
