#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rekey two nodes again and again, as their IKE daemons would.

  rekey.py COUNT NETNS ADDRESS NETNS ADDRESS

In turn the first node starts it, the other one, and both at the same time, so
that one pair of SAs is made in vain. Each time both inbound SAs come first,
then the outbound ones as standby; who started sends through the new SA, the
other one follows when it hears that. Then the old outbound SAs go, and the old
inbound ones a rekeying later, for what may be on its way. A rekeying counts
once both new SAs were used. Prints "up", "half" when that many were done, and
then how many were, and the seconds.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                ".."))
import genl  # noqa: E402
from node import Node, SUITES, new_key  # noqa: E402

# Seconds for a new SA to be used.
PATIENCE = 20 * int(os.environ.get("DMVPN_SLOW", 1))


class End(Node):
    """A node, and the SAs that it has."""

    def __init__(self, *args):
        super().__init__(*args)
        self.outbound = []
        self.inbound = []
        self.retired = []


def make(one, other, suite):
    """Two SAs, known to both ends and not sent through yet."""
    here, there = one.new_spi(other.address), other.new_spi(one.address)
    away, back = new_key(suite), new_key(suite)
    one.add("in", here, other.address, back)
    other.add("in", there, one.address, away)
    other.add("out", here, one.address, back, standby=1, pair=there)
    one.add("out", there, other.address, away, standby=1, pair=here)
    for node, inbound, outbound in (one, here, there), (other, there, here):
        node.inbound.append(inbound)
        node.outbound.append(outbound)
    return here, there


def used(one, here, other, there, insist=False):
    """Wait until both SAs were used; insist on sending through them."""
    end = time.monotonic() + PATIENCE
    while not (one.heard(here) and other.heard(there)):
        if time.monotonic() > end:
            sys.exit("rekey.py: new SAs %#x and %#x are not used" %
                     (here, there))
        if insist:
            one.use(there, other.address)
            other.use(here, one.address)
        time.sleep(0.002)


def forget(one, here, other, there):
    """Of all but the newest SAs, the outbound ones go, the inbound ones soon.

    What was to go soon the last time goes now.
    """
    for node, inbound, peer, outbound in ((one, here, other, there),
                                          (other, there, one, here)):
        for spi in node.outbound:
            if spi != outbound:
                node.drop("out", spi, peer.address)
        for spi in node.retired:
            node.drop("in", spi, peer.address)
        node.retired = [spi for spi in node.inbound if spi != inbound]
        node.outbound, node.inbound = [outbound], [inbound]


def rekey(one, other, suite):
    """Started by one."""
    here, there = make(one, other, suite)
    one.use(there, other.address)
    used(one, here, other, there)
    forget(one, here, other, there)


def collide(one, other, suite):
    """Started by both, and each sends through its own until one's are dropped.

    What one hears first may make it follow the other: that is right as well.
    """
    here, there = make(one, other, suite)
    _, vain = make(other, one, suite)
    one.use(there, other.address)
    other.use(vain, one.address)
    used(one, here, other, there, insist=True)
    forget(one, here, other, there)


def main(count, *ends):
    """Command line."""
    spec = genl.Spec()
    one, other = End(*ends[:2], spec), End(*ends[2:], spec)
    here, there = make(one, other, SUITES[0])
    one.use(there, other.address)
    print("up", flush=True)
    used(one, here, other, there)
    start = time.monotonic()
    for turn in range(int(count)):
        if turn == int(count) // 2:
            print("half", flush=True)
        suite = SUITES[turn % len(SUITES)]
        if turn % 3 == 2:
            collide(one, other, suite)
        else:
            rekey(*((one, other) if turn % 3 else (other, one)), suite)
    print("%s rekeyings in %.1f s" % (count, time.monotonic() - start))


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
