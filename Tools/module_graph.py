"""Draws which module of the package imports which, as Package.swift says.

    module_graph.py                  writes Documentation/diagrams/modules.svg
    module_graph.py --check          compares instead: ends with 1 where the file is not what would be written
    module_graph.py --package FILE   takes the package from FILE, as `swift package dump-package` prints it

Ends with 1 also where modules import one another in a circle, or one imports what stands below it in the manifest. The
same manifest gives the same bytes. An import that follows from others is not drawn: where A imports B and C, and B
imports C, there is no line from A to C.
"""

import argparse
import graphlib
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DRAWING = ROOT / "Documentation/diagrams/modules.svg"
BOX_HEIGHT, ROW_HEIGHT, GAP, MARGIN = 28, 74, 22, 16
FILLS = {"executable": "#d4d4d4", "regular": "#ffffff", "system": "#f0f0f0"}


def modules_of(package):
    """The modules below Sources by name, in the manifest's order: what each is, and which others it imports."""
    targets = {
        target["name"]: target
        for target in package["targets"]
        if target["type"] in FILLS and not (target.get("path") or "").startswith("Tests")
    }
    kinds = {name: target["type"] for name, target in targets.items()}
    imports = {}
    for name, target in targets.items():
        words = [next(iter(entry.values()))[0] for entry in target["dependencies"] if "product" not in entry]
        imports[name] = [word for word in words if word in targets]
    return kinds, imports


def fault_in(imports):
    """What is wrong with the imports, in a sentence; None where nothing is."""
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        # The circle is listed from what is imported to what imports it.
        return "these modules import one another in a circle: " + " → ".join(reversed(error.args[1]))
    order = {name: number for number, name in enumerate(imports)}
    for name, imported in imports.items():
        for other in imported:
            if order[other] > order[name]:
                return f"{name} imports {other}, which stands below it in Package.swift"
    return None


def reduced(imports):
    """The imports without those that follow from others."""
    reached = {}
    for name in graphlib.TopologicalSorter(imports).static_order():
        reached[name] = set(imports[name]).union(*(reached[other] for other in imports[name]))
    return {
        name: [one for one in imported if not any(one in reached[other] for other in imported)]
        for name, imported in imports.items()
    }


def ranked(imports):
    """The row of each module: one below the lowest that it imports."""
    rows = {}
    for name in graphlib.TopologicalSorter(imports).static_order():
        rows[name] = 1 + max((rows[other] for other in imports[name]), default=-1)
    # What imports nothing stands right above the first that imports it.
    for name in imports:
        users = [rows[other] for other, imported in imports.items() if name in imported]
        if not imports[name] and users:
            rows[name] = min(users) - 1
    return rows


def lines_and_rows(imports):
    """Each import as points, a bend in every row that it crosses, and what stands in each row.

    A module is a point by its name, a bend one by its line's ends and its row.
    """
    row_of = ranked(imports)
    rows = [[] for _ in range(1 + max(row_of.values()))]
    for name in imports:
        rows[row_of[name]].append(name)
    lines = []
    for name, imported in imports.items():
        for other in imported:
            bends = [(name, other, row) for row in range(row_of[name] - 1, row_of[other], -1)]
            for bend in bends:
                rows[bend[2]].append(bend)
            lines.append([name, *bends, other])
    return lines, rows


def arranged(lines, rows):
    """The rows in an order in which few lines cross: each point near the middle of those it is joined to."""
    neighbours = {}
    for line in lines:
        for lower, upper in zip(line, line[1:], strict=False):
            neighbours.setdefault(lower, []).append(upper)
            neighbours.setdefault(upper, []).append(lower)
    best = (crossings(lines, rows), rows)
    for turn in range(24):
        row_numbers = range(1, len(rows)) if turn % 2 == 0 else range(len(rows) - 2, -1, -1)
        for number in row_numbers:
            fixed = rows[number - 1 if turn % 2 == 0 else number + 1]
            place = {point: index / max(len(fixed), 1) for index, point in enumerate(fixed)}
            count = len(rows[number])

            def middle(entry, place=place, count=count):
                index, point = entry
                places = [place[other] for other in neighbours.get(point, []) if other in place]
                return sum(places) / len(places) if places else index / count

            ordered = [point for _, point in sorted(enumerate(rows[number]), key=middle)]
            rows = [*rows[:number], ordered, *rows[number + 1 :]]
        best = min(best, (crossings(lines, rows), rows), key=lambda entry: entry[0])
    return best[1]


def crossings(lines, rows):
    place = {point: index for row in rows for index, point in enumerate(row)}
    number = {point: index for index, row in enumerate(rows) for point in row}
    pieces = {}
    for line in lines:
        for lower, upper in zip(line, line[1:], strict=False):
            pieces.setdefault(number[lower], []).append((place[lower], place[upper]))
    return sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for row in pieces.values() for i, a in enumerate(row) for b in row[:i])


def width(point):
    return 20 + round(7.6 * len(point)) if isinstance(point, str) else 6


def drawing(kinds, imports):
    """The SVG: modules as boxes, above each what it imports."""
    lines, rows = lines_and_rows(reduced(imports))
    rows = arranged(lines, rows)
    widths = [sum(width(point) for point in row) + GAP * (len(row) - 1) for row in rows]
    total = max(widths) + 2 * MARGIN
    centre = {}
    for number, (row, row_width) in enumerate(zip(rows, widths, strict=True)):
        x = (total - row_width) / 2
        for point in row:
            centre[point] = (round(x + width(point) / 2, 1), MARGIN + BOX_HEIGHT / 2 + number * ROW_HEIGHT)
            x += width(point) + GAP
    height = 2 * MARGIN + BOX_HEIGHT + (len(rows) - 1) * ROW_HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="{height}" viewBox="0 0 {total} {height}"',
        '  font-family="DejaVu Sans, sans-serif" font-size="12" text-anchor="middle" role="img">',
        "  <title>The modules of lopt: each has a line up to what it imports</title>",
        f'  <rect width="{total}" height="{height}" fill="#ffffff"/>',
        '  <g fill="none" stroke="#555555">',
    ]
    for line in lines:
        points = []
        for index, point in enumerate(line):
            x, y = centre[point]
            half = BOX_HEIGHT / 2
            # A bend passes its row upright, so that no line runs through a box beside it.
            points += [] if index == 0 else [(x, y + half)]
            points += [] if index == len(line) - 1 else [(x, y - half)]
        parts.append('    <polyline points="' + " ".join(f"{x:g},{y:g}" for x, y in points) + '"/>')
    parts.append("  </g>")
    for name, kind in kinds.items():
        x, y = centre[name]
        corner = f'x="{x - width(name) / 2:g}" y="{y - BOX_HEIGHT / 2:g}"'
        dashes = ' stroke-dasharray="4 3"' if kind == "system" else ""
        parts += [
            f'  <rect {corner} width="{width(name)}" height="{BOX_HEIGHT}" rx="4" fill="{FILLS[kind]}"'
            f' stroke="#222222"{dashes}/>',
            f'  <text x="{x:g}" y="{y + 4:g}">{name}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--package", type=pathlib.Path, help="what `swift package dump-package` printed")
    options = parser.parse_args()
    if options.package:
        text = options.package.read_text()
    else:
        command = ["swift", "package", "dump-package"]
        text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    kinds, imports = modules_of(json.loads(text))
    fault = fault_in(imports)
    if fault:
        sys.exit(f"module_graph: {fault}")
    drawn = drawing(kinds, imports)
    if not options.check:
        DRAWING.parent.mkdir(parents=True, exist_ok=True)
        DRAWING.write_text(drawn)
    elif not DRAWING.exists() or DRAWING.read_text() != drawn:
        sys.exit(f"module_graph: {DRAWING.relative_to(ROOT)} is not what Package.swift says: run Tools/module_graph.py")


if __name__ == "__main__":
    main()
