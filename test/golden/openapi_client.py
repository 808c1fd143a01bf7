"""A client made from an OpenAPI document: a method for each operation, a keyword for each parameter."""

import json
import urllib.parse

KINDS = {"integer": "int", "number": "float", "string": "str", "boolean": "bool"}


def resolve(document, part):
    """What a reference names, or the part itself."""
    while "$ref" in part:
        place = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        part = place
    return part


def references(part):
    """All of them below this part."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def source(document):
    """Python source of the class Client."""
    lines = ["class Client:", "    def __init__(self, ask):", "        self.ask = ask", ""]
    for path, item in document["paths"].items():
        operation = item["get"]
        parameters = operation.get("parameters", [])
        needed = [p["name"] for p in parameters if p["in"] == "path"]
        optional = [f"{p['name']}: {KINDS[resolve(document, p['schema'])['type']]} = None"
                    for p in parameters if p["in"] == "query"]
        signature = ", ".join(["self", *needed, *(["*", *optional] if optional else [])])
        names = [p["name"] for p in parameters if p["in"] == "query"]
        lines += [f"    def {operation['operationId']}({signature}):",
                  f"        \"\"\"{operation['summary']}\"\"\"",
                  f"        query = {{n: v for n, v in zip({names}, [{', '.join(names)}]) if v is not None}}",
                  f"        return self.ask({path!r}, {{{', '.join(f'{n!r}: {n}' for n in needed)}}}, query)",
                  ""]
    return "\n".join(lines)


def make(document, fetch):
    """An instance; `fetch(path)` gives status and text."""
    scope = {}
    exec(compile(source(document), "client", "exec"), scope)  # pylint: disable=exec-used

    def ask(path, in_path, query):
        for name, value in in_path.items():
            path = path.replace("{" + name + "}", urllib.parse.quote(value, safe=""))
        if query:
            path += "?" + urllib.parse.urlencode(query)
        status, text = fetch(path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {text[:300]}")
        return json.loads(text) if text[:1] in "{[" else text

    return scope["Client"](ask)
