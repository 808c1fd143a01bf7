#!/usr/bin/env python3
"""Writes what PROGRAM prints for --help, with every command it names, as a C++ source.

help_texts.py PROGRAM OUTPUT.cpp
"""

import re
import subprocess
import sys

COMMAND = re.compile(r"^  ([a-z][a-z0-9-]*)(?: |$)")


def texts(program, *command):
    """Yields (command, text), commands of commands included."""
    text = subprocess.run([program, *command, "--help"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    yield " ".join(command), text
    section = ""
    for line in text.splitlines():
        if line and not line.startswith(" "):
            section = line
        elif section.startswith("Subcommands") and (found := COMMAND.match(line)):
            yield from texts(program, *command, found[1])


def literal(text):
    """Lines as adjacent string literals."""
    lines = (line.replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return "\n".join(f'     "{line}\\n"' for line in lines).removesuffix('\\n"') + '"'


def main():
    program, output = sys.argv[1:]
    rows = [f'    {{"{command}",\n{literal(text)}}},' for command, text in texts(program)]
    assert len(rows) > 1, f"{program} names no commands"
    with open(output, "w", encoding="utf-8") as file:
        file.write('#include "cli/help_texts.hpp"\n\nnamespace lacuna::app {\nnamespace {\n\n'
                   "constexpr HelpText kTexts[] = {\n" + "\n".join(rows) + "\n};\n\n} // namespace\n\n"
                   "const std::span<const HelpText> kHelpTexts = kTexts;\n\n"
                   "} // namespace lacuna::app\n")


main()
