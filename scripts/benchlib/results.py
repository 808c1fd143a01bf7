"""The result files: one document of everything, a CSV for each table, plots; and the blocks of the
documentation made from them."""

import json
import os
import re
import shutil

from . import machine, plots, programs

BEGIN = "<!-- figures: {} -->"
END = "<!-- end -->"


class Results:
    """Tables by name, kept from one call of the suite to the next: `--only` renews a part."""

    def __init__(self, directory):
        os.makedirs(directory, exist_ok=True)
        self.directory = directory
        self.path = os.path.join(directory, "results.json")
        self.tables = {}
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                self.tables = json.load(file)["tables"]

    def add(self, table, about_machine):
        self.tables[table.name] = {"title": table.title, "command": table.command,
                                   "machine": about_machine, "notes": table.notes,
                                   "markdown": table.markdown(), "rows": table.rows}
        table.write_csv(os.path.join(self.directory, table.name + ".csv"))
        self._save()

    def _save(self):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump({"schema": "lacuna.bench-suite/1", "tables": self.tables}, file, indent=1,
                      ensure_ascii=False)
        os.replace(self.path + ".new", self.path)

    def draw(self):
        plots.draw({name: t["rows"] for name, t in self.tables.items()}, self.directory)

    def write_doc(self, *documents):
        """Puts the tables into the marked blocks of `documents` and the plots beside them."""
        for document in documents:
            with open(document, encoding="utf-8") as file:
                text = file.read()
            text = re.sub(r"<!-- figures: ([a-z-]+) -->\n.*?<!-- end -->", self._block, text,
                          flags=re.S)
            with open(document, "w", encoding="utf-8") as file:
                file.write(text)
            programs.say(f"written: {os.path.relpath(document, programs.ROOT)}")
        for name in plots.PLOTS:
            plot = os.path.join(self.directory, name + ".svg")
            if os.path.exists(plot):
                target = os.path.join(os.path.dirname(documents[0]), "plots")
                os.makedirs(target, exist_ok=True)
                shutil.copy(plot, target)

    def _block(self, match):
        name = match[1]
        if name == "machine":
            seen = {machine.sentence(t["machine"]): None for t in self.tables.values()}
            body = "\n".join("- " + line for line in seen) + "\n"
        elif name == "headline":
            body = self._headline()
        elif name in self.tables:
            body = self.tables[name]["markdown"]
        else:
            raise programs.Failed(f"no figures called {name} yet: run scripts/bench first")
        return f"{BEGIN.format(name)}\n{body}{END}"

    def _headline(self):
        """The rows of the goals that say most, for the README."""
        rows = self.tables["goals"]["rows"]
        lines = ["| path | goal | figure | |", "|---|---|---|---|"]
        lines += [f"| {r['path']} | {r['goal']} | {r['figure']} | {r['verdict']} |" for r in rows
                  if not r["path"].startswith("and ")]
        return "\n".join(lines) + f"\n\nCommand: `{self.tables['goals']['command']}`\n"
