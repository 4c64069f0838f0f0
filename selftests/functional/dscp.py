#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""What DSCP a packet has inside and outside of a tunnel.

  dscp.py FROM DST TOS ROUTER DEV TO TUNNEL

Datagrams with a TOS byte go from the namespace FROM to DST. Prints the TOS byte
of what carries them past ROUTER on DEV, and that of the datagram as it leaves
the tunnel in TO: "inner 0x48, outer 0x68".
"""

import os
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                ".."))
from genl import enter  # noqa: E402
from tos import ETH_ALL, intact, tap, tos_of  # noqa: E402

MARK = b"DSCP-test-datagram"
PORT = 9
CARRIERS = {47, 50, 17}
PACKET_OUTGOING = 4
PATIENCE = 10
IPV6_TCLASS = 67


def datagrams(netns, dst, tos):
    """A socket in a namespace that sends with this TOS byte."""
    enter(netns)
    if ":" in dst:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_TCLASS, tos)
    else:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
    return sock


def protocol(packet):
    """That of either family's header."""
    return packet[9] if packet[0] >> 4 == 4 else packet[6]


def incoming(sock, wanted):
    """TOS bytes of the packets that came, if they are wanted."""
    found = set()
    while True:
        try:
            packet, address = sock.recvfrom(65535, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return found
        if address[2] == PACKET_OUTGOING or not wanted(packet):
            continue
        if not intact(packet):
            found.add("broken")
        found.add("%#04x" % tos_of(packet))


def main(argv):
    """Command line."""
    source, dst, tos, router, dev, sink, tunnel = argv
    outside, inside = tap(router, dev, ETH_ALL), tap(sink, tunnel, ETH_ALL)
    sender = datagrams(source, dst, int(tos, 0))
    outer, inner = set(), set()
    end = time.monotonic() + PATIENCE
    while not (outer and inner) and time.monotonic() < end:
        try:
            sender.sendto(MARK, (dst, PORT))
        except OSError as error:
            print(error, file=sys.stderr)
        time.sleep(0.2)
        outer |= incoming(outside, lambda p: protocol(p) in CARRIERS)
        inner |= incoming(inside, lambda p: MARK in p)
    print("inner %s, outer %s" % (" ".join(sorted(inner)) or "nothing",
                                  " ".join(sorted(outer)) or "nothing"))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 8:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
