"""A page of doc/ is what the program that prints it says: page_check.py PROGRAM PAGE"""

import difflib
import pathlib
import subprocess
import sys

program, page = sys.argv[1:]
want = subprocess.run([program], check=True, capture_output=True, text=True).stdout
have = pathlib.Path(page).read_text(encoding="utf-8")
diff = list(difflib.unified_diff(have.splitlines(), want.splitlines(), page, program, lineterm=""))
if diff:
    sys.exit("\n".join(diff[:40]) + f"\nthe page is behind; run: {program} > {page}")
print(f"{page}: {len(want.splitlines())} lines, as {program} prints them")
