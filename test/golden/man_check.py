#!/usr/bin/env python3
"""Every command and option that --help names is in the man page, and no other; mandoc is content.

man_check.py LACUNA PCAPGEN DOC
"""

import re
import shutil
import subprocess
import sys

COMMAND = re.compile(r"^  ([a-z][a-z0-9-]*)(?: |$)")


def help_of(*command):
    return subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout


def told_by_help(*command):
    """Options and commands of a program, its subcommands included."""
    text = help_of(*command)
    options, commands, section = set(), set(), ""
    for line in text.splitlines():
        if line and not line.startswith(" "):
            section = line
        elif section.startswith("Subcommands"):
            if found := COMMAND.match(line):
                commands.add(found[1])
        elif found := re.match(r"^  (-\S+)", line):
            options.update(o for o in found[1].split(",") if o.startswith("--"))
    for name in sorted(commands):
        more_options, more_commands = told_by_help(*command, name)
        options |= more_options
        commands = commands | more_commands
    return options, commands


def told_by_page(text):
    """The options that have an entry of their own."""
    options, commands = set(), set()
    for line in text.splitlines():
        if line.startswith(".It Fl "):
            options.update("-" + o for o in re.findall(r"Fl (-[a-z][a-z0-9-]*)", line))
        if found := re.match(r"^\.It Cm ([a-z]+)", line):
            commands.add(found[1])
    return options, commands


def check(program, page):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    problems = []
    for kind, of_help, of_page in zip(("option", "command"), told_by_help(program),
                                      told_by_page(text)):
        problems += [f"{kind} {n} is in --help alone" for n in sorted(of_help - of_page)]
        problems += [f"{kind} {n} is in the page alone" for n in sorted(of_page - of_help)]
        print(f"{page}: {len(of_help)} {kind}s compared")
    if shutil.which("mandoc"):
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], text=True,
                              capture_output=True, check=False)
        problems += (lint.stdout + lint.stderr).splitlines()
    else:
        print("mandoc is not installed: layout not checked")
    for problem in problems:
        print(f"    {problem}")
    return not problems


def main():
    lacuna, pcapgen, doc = sys.argv[1:]
    good = [check(lacuna, f"{doc}/lacuna.1"), check(pcapgen, f"{doc}/pcapgen.1")]
    sys.exit(0 if all(good) else 1)


main()
