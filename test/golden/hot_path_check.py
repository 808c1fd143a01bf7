#!/usr/bin/env python3
"""The check of the hot path refuses what it should: each seeded violation, and a lost entry point.

hot_path_check.py CHECK COMPILER
"""

import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

CLEAN = "int helper(int* a) { return a[0] + 1; }"
CASES = {  # body of a function `helper` the entry point calls -> words of the finding, or None
    "clean": (CLEAN, None),
    "allocation": ("#include <vector>\nextern std::vector<int> v;\nstd::vector<int> v;\n"
                   "int helper(int* a) { v.push_back(*a); return *a; }", "operator new"),
    "lock": ("#include <mutex>\nstd::mutex m;\nint helper(int* a) { m.lock(); return *a; }", "mutex"),
    "exception": ("int helper(int* a) { if (!a) throw 1; return *a; }", "__cxa"),
    "system call": ("#include <unistd.h>\nint helper(int* a) { return (int)write(1, a, 4); }", "write@plt"),
    "log": ("#include <cstdio>\nint helper(int* a) { return printf(\"%d\", *a); }", "printf"),
    "virtual call": ("struct V { virtual int f(int*); };\nextern V* v;\nV* v;\nint V::f(int* a) "
                     "{ return *a; }\nint helper(int* a) { return v->f(a) + 1; }", "pointer"),
    "virtual tail call": ("struct V { virtual int f(int*); };\nextern V* v;\nV* v;\nint V::f(int* a) "
                          "{ return *a; }\nint helper(int* a) { return v->f(a); }", "pointer"),
}
MAIN = "int helper(int*);\nint entry_point(int* a) { return helper(a) * 2; }\n" \
       "int main(int c, char**) { return entry_point(&c); }\n"


def main():
    checker, compiler = sys.argv[1:]
    if shutil.which("objdump") is None:
        print("objdump is not installed: not checked")
        sys.exit(77)
    loader = importlib.machinery.SourceFileLoader("checker", checker)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("checker", loader))
    loader.exec_module(module)

    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        source = os.path.join(directory, "helper.cpp")
        caller = os.path.join(directory, "main.cpp")
        program = os.path.join(directory, "program")
        with open(caller, "w", encoding="utf-8") as file:
            file.write(MAIN)
        for name, (body, words) in CASES.items():
            with open(source, "w", encoding="utf-8") as file:
                file.write(body + "\n")
            subprocess.run([*compiler.split(), "-O2", "-o", program, caller, source], check=True)
            functions = module.disassemble(program)
            found, reached = module.check(functions, (r"^entry_point\(",), lambda line: None)
            good = not found if words is None else any(words in line for line in found)
            print(f"{'ok' if good else 'not ok'} {name}: {reached} functions, found {found}")
            failed += not good
        found, _ = module.check(functions, (r"^renamed\(",), lambda line: None)
        print(f"{'ok' if found else 'not ok'} a lost entry point")
        failed += not found
    sys.exit(1 if failed else 0)


main()
