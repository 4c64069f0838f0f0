#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Says where in a process' memory there are certain bytes.

  memory.py PID HEX...    a line for each place; the exit status is 0 if there
                          are any, 3 if there are none, and else it could not
                          look

Only what the process may write to is looked at.
"""

import errno
import mmap
import os
import re
import sys


def pieces(memory, start, end):
    """What can be read there, and nothing but zeros where nobody can: a stack
    has guard pages within."""
    while start < end:
        try:
            piece = os.pread(memory, end - start, start)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            piece = bytes(mmap.PAGESIZE)
        yield piece
        start += len(piece)


def regions(pid):
    """The memory of the process, piece by piece."""
    with open("/proc/%s/maps" % pid, encoding="utf-8") as maps, \
            open("/proc/%s/mem" % pid, "rb", 0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            start, end = [int(number, 16) for number in place.split("-")]
            if rights.startswith("rw"):
                yield start, b"".join(pieces(memory.fileno(), start, end))


def main(pid, *texts):
    """Command line."""
    found = 0
    for start, data in regions(pid):
        for text in texts:
            for match in re.finditer(re.escape(bytes.fromhex(text)), data):
                print("%s at %#x" % (text, start + match.start()))
                found += 1
    return 0 if found else 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
