# SPDX-License-Identifier: GPL-2.0-or-later
"""What the reports of selftests/perf share: tables, and the summary."""

import json
import os


def is_met(value, goal):
    """goal is an operator and a number."""
    sign, bound = goal.split()
    return value >= float(bound) if sign == ">=" else value <= float(bound)


def text(value, form="%.0f"):
    """A cell."""
    return form % value if value is not None else "-"


def table(title, head, lines):
    """A simple table, unless there is nothing in it."""
    lines = [line for line in lines if any(c != "-" for c in line[1:])]
    if not lines:
        return
    lines = [head] + lines
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    rule = "  ".join("=" * w for w in widths)
    print("%s\n%s\n\n%s" % (title, "-" * len(title), rule))
    for number, line in enumerate(lines):
        cells = [line[0].ljust(widths[0])]
        cells += [c.rjust(w) for c, w in zip(line[1:], widths[1:])]
        print("  ".join(cells).rstrip())
        if number == 0:
            print(rule)
    print(rule + "\n")


# Whose goals begin with that, and whose rows are of loads that do; all others
# are those of packets.
PARTS = {"nhrp": ("P7", "nhrp/"), "ike": ("P11", "ike/")}


def part_of(name, kind):
    """Which part made a goal (0) or a row (1) of that name."""
    return next((part for part, starts in PARTS.items()
                 if name.startswith(starts[kind])), "packets")


def save(path, part, goals, rows):
    """Put a part's goals and rows into the summary, in the place of those
    that it had."""
    kept = {"goals": {}, "rows": []}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            kept = json.load(file)
    goals = {**{name: goal for name, goal in kept["goals"].items()
                if part_of(name, 0) != part}, **goals}
    rows = [row for row in kept["rows"]
            if part_of(row["load"], 1) != part] + rows
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"goals": goals, "rows": rows}, file, indent=1)
        file.write("\n")
