#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""DSCP and ECN in and out of plain GRE: all that both bytes can be.

  tos.py out NETNS DST ROUTER DEV      packets with each of 256 TOS bytes to DST
                                       from NETNS, seen in ROUTER on DEV, in
                                       IPv4
  tos.py in NETNS DEV ROUTER SRC DST KEY  packets in GRE from ROUTER, 256 inner
                                       and 4 outer values, seen in NETNS on DEV

Prints what is not as RFC 2983 and RFC 6040 have it; that fails.
"""

import os
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                ".."))
from forge import checksum, header  # noqa: E402
from genl import enter  # noqa: E402

TEST_PROTOCOL = 253  # RFC 3692
ETH_ALL, ETH_IPV4, ETH_IPV6 = 0x0003, 0x0800, 0x86dd
NOT_ECT, ECT_1, ECT_0, CE = 0, 1, 2, 3
MARK = b"TOS!"
PATIENCE = 10


def ipv4(src, dst, protocol, tos, payload):
    """A whole packet."""
    head = header(src, dst, protocol, len(payload))
    head = head[:1] + bytes([tos]) + head[2:]
    return (head[:10] + struct.pack("!H", checksum(head)) + head[12:] +
            payload)


def ipv6(src, dst, protocol, tos, payload):
    """A whole packet."""
    return struct.pack("!IHBB16s16s", 6 << 28 | tos << 20, len(payload),
                       protocol, 64, socket.inet_pton(socket.AF_INET6, src),
                       socket.inet_pton(socket.AF_INET6, dst)) + payload


def tos_of(packet):
    """Of either family."""
    if packet[0] >> 4 == 4:
        return packet[1]
    return struct.unpack_from("!I", packet)[0] >> 20 & 0xff


def note(*values):
    """What a packet carries, to be told from others."""
    return MARK + bytes(values)


def seen(sock, count, length):
    """Until so many came: what they carry, and the packet with it."""
    found = {}
    end = time.monotonic() + PATIENCE
    while len(found) < count and time.monotonic() < end:
        sock.settimeout(max(0.01, end - time.monotonic()))
        try:
            packet = sock.recv(65535)
        except socket.timeout:
            break
        at = packet.find(MARK)
        if at >= 0:
            found[packet[at + 4:at + 4 + length]] = packet
    return found


def tap(netns, dev, protocol):
    """What comes in on a device, from its network header on, of one EtherType:
    such a socket does not see what goes out, as answers do, which quote what
    they answer. That of ETH_ALL sees both."""
    enter(netns)
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 23)  # SO_RCVBUFFORCE
    sock.bind((dev, protocol))
    return sock


def raw(netns, packet):
    """A socket to send packets with their header, of this packet's family."""
    enter(netns)
    family = socket.AF_INET if packet[0] >> 4 == 4 else socket.AF_INET6
    return socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)


def destination(packet):
    """For sendto()."""
    if packet[0] >> 4 == 4:
        return socket.inet_ntoa(packet[16:20]), 0
    return socket.inet_ntop(socket.AF_INET6, packet[24:40]), 0


def send(netns, packets):
    """Not faster than they can be taken."""
    with raw(netns, packets[0]) as sock:
        for n, packet in enumerate(packets):
            sock.sendto(packet, destination(packet))
            if n % 64 == 63:
                time.sleep(0.02)


def go_out(netns, dst, router, dev):
    """The outer byte is the inner one: ECN as in RFC 6040, 4.1."""
    make, src = (ipv6, "fd99::77") if ":" in dst else (ipv4, "192.168.9.77")
    sock = tap(router, dev, ETH_IPV4)
    send(netns, [make(src, dst, TEST_PROTOCOL, tos, note(tos))
                 for tos in range(256)])
    found = seen(sock, 256, 1)
    return ["TOS %#04x: outside %s" %
            (tos, "%#04x" % tos_of(found[bytes([tos])])
             if bytes([tos]) in found else "nothing")
            for tos in range(256)
            if bytes([tos]) not in found or
            tos_of(found[bytes([tos])]) != tos]


def after(inner, outer):
    """RFC 6040, 4.2, figure 4. None for a packet to drop."""
    if outer == CE:
        return None if inner == NOT_ECT else CE
    return ECT_1 if (inner, outer) == (ECT_0, ECT_1) else inner


def intact(packet):
    """Has the IPv4 header been mended, where it was changed?"""
    return packet[0] >> 4 == 6 or checksum(packet[:20]) == 0


def wrong(inner, outer, found):
    """What is wrong with one packet, or None."""
    packet = found.get(bytes([inner, outer]))
    ecn = after(inner & 3, outer)
    want = None if ecn is None else inner & ~3 | ecn
    have = None if packet is None else tos_of(packet)
    if have != want:
        return "inner %#04x, outer ECN %d: %s, not %s" % (inner, outer, have,
                                                         want)
    if packet is not None and not intact(packet):
        return "inner %#04x, outer ECN %d: bad checksum" % (inner, outer)
    return None


def come_in(netns, dev, router, src, dst, key):
    """Both families inside."""
    errors = []
    for make, protocol, ends in (
            (ipv4, ETH_IPV4, ("192.168.9.78", "192.168.9.79")),
            (ipv6, ETH_IPV6, ("fd99::78", "fd99::79"))):
        gre = struct.pack("!HHI", 0x2000, protocol, int(key))
        sock = tap(netns, dev, protocol)
        pairs = [(inner, outer) for inner in range(256) for outer in range(4)]
        outside = ipv6 if ":" in dst else ipv4
        send(router, [
            outside(src, dst, socket.IPPROTO_GRE, outer, gre + make(
                *ends, TEST_PROTOCOL, inner, note(inner, outer)))
            for inner, outer in pairs])
        kept = sum(after(inner & 3, outer) is not None
                   for inner, outer in pairs)
        found = seen(sock, kept, 2)
        errors += [error for error in (wrong(*pair, found) for pair in pairs)
                   if error]
    return errors


if __name__ == "__main__":
    COMMANDS = {"out": go_out, "in": come_in}
    if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    WRONG = COMMANDS[sys.argv[1]](*sys.argv[2:])
    print("\n".join(WRONG[:20]))
    sys.exit(1 if WRONG else 0)
