#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes what a reader would type out of "A hub and a spoke in five minutes".

usage: readme.py FILE hub|spoke STEP commands|conf

In there a line with "hub" or "spoke" before it begins what is for that router
alone, to the next line that is not as far to the right; what is indented by
four columns is for both. Commands come out a line each, continued lines joined;
conf is what belongs into the file that the step names.
"""

import re
import sys

TITLE = "A hub and a spoke in five minutes"
COLUMN = 11     # where that for one router stands


def step_lines(lines, number):
    """The lines of one step, without the number."""
    begin = lines.index(TITLE) + 2
    inside = False
    for line in lines[begin:]:
        if re.match(r"[A-Z].*", line) and inside:
            return      # text after the last step
        step = re.match(r"(\d)\. ", line)
        if step:
            inside = int(step.group(1)) == number
            line = "   " + line[3:]
        if inside:
            yield line.expandtabs(8)


def of_role(lines, role):
    """What is indented as something to type, if it is for that router."""
    current = None
    for line in lines:
        named = re.match(r"   (hub|spoke) {3,}", line)
        if named:
            current = named.group(1)
            line = " " * COLUMN + line[COLUMN:]
        left = len(line) - len(line.lstrip())
        if not line.strip() or left < 4:
            current = current if not line.strip() else None
            continue
        if left < COLUMN:
            current = None
        if current in (None, role):
            yield line[4 if left < COLUMN else COLUMN:]


def main(name, role, number, kind):
    """Command line."""
    with open(name, encoding="utf-8") as file:
        lines = file.read().split("\n")
    found = list(of_role(step_lines(lines, int(number)), role))
    conf, commands, depth = [], [], 0
    for line in found:
        into = conf if depth or line.rstrip().endswith("{") else commands
        code = line.split("#")[0]
        depth += code.count("{") - code.count("}")
        into.append(line)
    if kind == "conf":
        print("\n".join(conf))
    else:
        print(re.sub(r"\\\n\s*", "", "\n".join(commands)))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
