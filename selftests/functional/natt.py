#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Around a NAT whose mappings move.

  natt.py connect HUB ADDRESS OVERLAY SPOKE ADDRESS OVERLAY SEEN PORT [...]
                             peers and SAs of a hub and its spokes, which are
                             behind a NAT: seen at that address and port
  natt.py follow NETNS       what an IKE daemon does: print each nat-moved-ntf
                             and move the SAs of its session there
  natt.py resend FILE ADDRESS PORT COUNT  what the last packet of a capture
                             carried in UDP, again, from another port
  natt.py forge FILE ADDRESS PORT COUNT   the same, not authentic, and ahead
"""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                ".."))
import genl  # noqa: E402
from node import Node, SUITES, new_key  # noqa: E402

PCAP_HEADER, PCAP_RECORD = 24, 16
BEFORE_ESP = 14 + 20 + 8  # Ethernet, IPv4, UDP
AHEAD = 5000


ENCAP_PORT = 4500


def know(node, overlay, remote, port):
    """A peer, and the next hop that it is."""
    genl.enter(node.netns)
    node.ask("peer-new", dev="dmvpn0", remote=remote, remote_port=port)
    node.ask("nexthop-new", dev="dmvpn0", address=overlay, remote=remote,
             remote_port=port, state="valid", kind="static")


def one_way(one, one_ends, other, other_ends):
    """An SA from one to the other, each of which sees the ends its way."""
    key = new_key(SUITES[0])
    spi = other.new_spi(other_ends[0])
    for node, direction, (remote, port) in (other, "in", other_ends), \
            (one, "out", one_ends):
        node.add(direction, spi, remote, key, local_port=ENCAP_PORT,
                 remote_port=port)


def connect(hub_netns, hub_address, hub_overlay, *spokes):
    """All of them to the hub."""
    spec = genl.Spec()
    hub = Node(hub_netns, hub_address, spec)
    for netns, address, overlay, seen, port in zip(*[iter(spokes)] * 5):
        spoke = Node(netns, address, spec)
        there, here = (seen, port), (hub_address, ENCAP_PORT)
        know(hub, overlay, *there)
        know(spoke, hub_overlay, *here)
        one_way(hub, there, spoke, here)
        one_way(spoke, here, hub, there)


def move(family, moved):
    """The SAs of one session, the one that is sent through first."""
    sas = [one for one in family.request("sa-get", [], dump=True)
           if one["session"] == moved["session"]]
    for one in sorted(sas, key=lambda one: one["dir"], reverse=True):
        end = "local" if one["dir"] == "in" else "remote"
        family.request("sa-set", [
            ["spi", str(one["spi"])], ["dir", one["dir"]], [end, one[end]],
            ["new-remote", moved["new-remote"]],
            ["remote-port", str(moved["remote-port"])]])


def follow(netns):
    """For ever."""
    spec = genl.Spec()
    genl.enter(netns)
    family, events = genl.Family(spec), genl.Family(spec)
    events.join(["control"])
    print("listening", flush=True)
    for event in events.events():
        if event["event"] == "nat-moved-ntf":
            move(family, event)
            genl.show(event)


def last_payload(name):
    """Of the last packet in a capture."""
    with open(name, "rb") as file:
        data = file.read()
    at, frame = PCAP_HEADER, b""
    while at + PCAP_RECORD < len(data):
        size = struct.unpack_from("=I", data, at + 8)[0]
        frame = data[at + PCAP_RECORD:at + PCAP_RECORD + size]
        at += PCAP_RECORD + size
    return frame[BEFORE_ESP:]


def send(datagram, address, port, count):
    """From a port of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(int(count)):
            sock.sendto(datagram, (address, int(port)))


def resend(name, *to_and_count):
    """Authentic, but seen or late."""
    send(last_payload(name), *to_and_count)


def forge(name, *to_and_count):
    """Not authentic, and newer than all before."""
    esp = last_payload(name)
    spi, number = struct.unpack_from("!II", esp)
    send(struct.pack("!II", spi, number + AHEAD) + esp[8:-1] +
         bytes([esp[-1] ^ 0x5a]), *to_and_count)


if __name__ == "__main__":
    COMMANDS = {"connect": connect, "follow": follow, "resend": resend,
                "forge": forge}
    if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])
