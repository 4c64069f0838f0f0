#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes what a reader would type out of the documents.

usage: documents.py DIR FILE...

In reStructuredText that is each block after "::", in manual pages each one
between .nf and .fi. What is only to be looked at stands after ".. code::"
instead, or in .EX. Each block becomes a file in DIR, and a line of output:

    KIND PATH FILE:LINE

KIND is conf (of nhrpd.conf), shell (commands; output after one that has a
prompt is left out), batch (of ip -batch), or frr. A block that is none of these is an error: either
it has a mistake in it or its reader could not tell either.
"""

import re
import sys

COMMANDS = ("apt", "cd", "cp", "dmvpnctl", "ethtool", "ip", "journalctl", "make",
            "modprobe", "nft", "nhrpd", "swanctl",
            "sysctl", "systemctl", "tc")
CONF = re.compile(r"(interface [\w.*\"]+ \{|access-list |class-map |policy-map |"
                  r"include)")
BATCH = re.compile(r"(link|address|route) (add|set) ")
FRR = re.compile(r"(router \w+|interface \S+$)")


def indent(line):
    """Columns before a line's text, which in a list begins after its mark."""
    return len(re.match(r"\s*(#\. |- |\* )?", line).group())


def rst_blocks(lines):
    """Yields (line number from 1, lines) for each literal block."""
    i = 0
    while i < len(lines):
        line = lines[i]
        i += 1
        if not line.rstrip().endswith("::") or line.startswith(".."):
            continue
        while i < len(lines) and not lines[i].strip():
            i += 1
        start = i
        while i < len(lines) and (not lines[i].strip() or
                                  indent(lines[i]) > indent(line)):
            i += 1
        yield start + 1, lines[start:i]


def man_blocks(lines):
    """The same for manual pages, with the escapes of roff undone."""
    start = None
    for i, line in enumerate(lines):
        if line.startswith(".nf"):
            start = i + 1
        elif line.startswith(".fi") and start is not None:
            text = [l for l in lines[start:i]
                    if not re.match(r"\.(RS|RE|PP|in)\b", l)]
            if not any(l.startswith(".") for l in text):
                yield start + 1, [l.replace(r"\-", "-").replace(r"\e", "\\")
                                  .replace(r"\(aq", "'") for l in text]
            start = None


def dedented(block):
    block = [l.expandtabs(8) for l in block]
    left = min(len(l) - len(l.lstrip()) for l in block if l.strip())
    return [l[left:] for l in block]


def commands(block):
    """The commands of a block, continued lines joined; None if it has others."""
    prompt = block[0].startswith("# ")
    joined = re.sub(r"(\\|(?<=\|))\n\s*", "", "\n".join(block))
    joined = re.sub(r"\n\s+", " ", joined).split("\n")
    if prompt:
        joined = [l[2:] for l in joined if l.startswith("# ")]
    found = [l for l in joined if l.strip() and not l.startswith("#")]
    if not found or any(l.split()[0] not in COMMANDS for l in found):
        return None
    return found


def kind_of(block):
    """The block's kind, and what of it is to be run or read."""
    first = next(l for l in block if l.strip() and not l.startswith("#"))
    if CONF.match(first):
        return "conf", block
    if FRR.match(first):
        return "frr", block
    if BATCH.match(first):
        return "batch", block
    shell = commands(block)
    return ("shell", shell) if shell else (None, block)


def main():
    where, status, number = sys.argv[1], 0, 0
    for name in sys.argv[2:]:
        with open(name, encoding="utf-8") as file:
            lines = file.read().split("\n")
        find = rst_blocks if name.endswith(".rst") else man_blocks
        for line, block in find(lines):
            kind, block = kind_of(dedented(block))
            if not kind:
                print(f"{name}:{line}: neither configuration nor commands:",
                      block[0], file=sys.stderr)
                status = 1
                continue
            number += 1
            path = f"{where}/{number:03}.{kind}"
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(block).rstrip() + "\n")
            print(kind, path, f"{name}:{line}")
    return status


if __name__ == "__main__":
    sys.exit(main())
