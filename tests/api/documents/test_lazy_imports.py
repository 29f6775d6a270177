from __future__ import annotations

import subprocess
import sys


def test_importing_the_documents_loads_no_heavy_library() -> None:
    code = """
import importlib, pkgutil, sys
import api.documents
for module in pkgutil.iter_modules(api.documents.__path__):
    importlib.import_module(f"api.documents.{module.name}")
heavy = {"typst", "xlsxwriter", "segno", "gpxpy", "babel", "pandas", "ortools", "sqlmodel"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
