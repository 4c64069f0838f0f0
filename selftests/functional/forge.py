#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that no honest node would send.

  forge.py clear-gre SRC DST KEY INNER_SRC INNER_DST PORT
        ten datagrams in plain GRE
  forge.py bad-checksum SRC DST KEY INNER_SRC INNER_DST
        a datagram in plain GRE whose checksum is wrong
  forge.py bad-header DEVICE
        out of a device: IPv4 headers that are longer than their packet, and
        shorter than a header can be
  forge.py ipv6 DEVICE
        out of a device: a datagram of IPv6
  forge.py replay FILE COUNT
        the last ESP packet of a capture, COUNT times
  forge.py order FILE NUMBER...
        packets of a capture by their ESP sequence numbers, in this order;
        3-5 stands for 3, 4 and 5, and 5-3 for 5, 4 and 3
  forge.py flip FILE COUNT
        COUNT packets with a sequence number further on and a broken ICV
  forge.py short FILE
        the packet cut after each of its bytes

The kernel fills in length, identification and checksum of the outer header.
"""

import socket
import struct
import sys

PCAP_HEADER, PCAP_RECORD, ETHERNET = 24, 16, 14


def header(src, dst, protocol, size=0):
    """An IPv4 header without checksum."""
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + size, 0, 0, 64,
                       protocol, 0, socket.inet_aton(src),
                       socket.inet_aton(dst))


def checksum(data):
    """RFC 1071."""
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def send(packets):
    """Send packets that begin with their IPv4 header."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW,
                       socket.IPPROTO_RAW) as sock:
        for packet in packets:
            sock.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))


def clear_gre(src, dst, key, inner_src, inner_dst, port):
    """Plain GRE into a protected device."""
    udp = struct.pack("!HHHH", 7, int(port), 14, 0) + b"forged"
    inner = header(inner_src, inner_dst, socket.IPPROTO_UDP, len(udp))
    inner = inner[:10] + struct.pack("!H", checksum(inner)) + inner[12:]
    gre = struct.pack("!HHI", 0x2000, 0x0800, int(key))
    send([header(src, dst, socket.IPPROTO_GRE) + gre + inner + udp] * 10)


def bad_checksum(src, dst, key, inner_src, inner_dst):
    """Right would be another one."""
    inner = header(inner_src, inner_dst, socket.IPPROTO_UDP, 8)
    inner = inner[:10] + struct.pack("!H", checksum(inner)) + inner[12:]
    packet = inner + struct.pack("!HHHH", 7, 7, 8, 0)
    gre = struct.pack("!HHHHI", 0xa000, 0x0800, 0, 0, int(key))
    right = checksum(gre + packet)
    gre = gre[:4] + struct.pack("!H", right ^ 1) + gre[6:]
    send([header(src, dst, socket.IPPROTO_GRE) + gre + packet])


def bad_header(device):
    """From a socket that does not look at what it sends."""
    whole = header("192.0.2.1", "192.0.2.2", socket.IPPROTO_UDP, 12) + bytes(12)
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as sock:
        for first in 0x4f, 0x44:
            sock.sendto(bytes([first]) + whole[1:], (device, 0x0800))


def ipv6(device):
    """Whether there is IPv6 here or not."""
    ends = [socket.inet_pton(socket.AF_INET6, "2001:db8::%d" % i)
            for i in (1, 2)]
    packet = struct.pack("!IHBB", 6 << 28, 8, socket.IPPROTO_UDP, 64) + \
        ends[0] + ends[1] + struct.pack("!HHHH", 7, 7, 8, 0)
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as sock:
        sock.sendto(packet, (device, 0x86dd))


def captured(name):
    """Yield the packets of a capture of ESP: their IPv4 header, and the rest."""
    with open(name, "rb") as file:
        data = file.read()
    at = PCAP_HEADER
    while at + PCAP_RECORD < len(data):
        size = struct.unpack_from("=I", data, at + 8)[0]
        packet = data[at + PCAP_RECORD + ETHERNET:at + PCAP_RECORD + size]
        at += PCAP_RECORD + size
        if packet[9] != socket.IPPROTO_ESP:
            sys.exit("%s holds something else than ESP" % name)
        yield packet[:20], packet[20:]


def last_esp(name):
    """The last one."""
    return list(captured(name))[-1]


def numbers(words):
    """Numbers and ranges of them."""
    for word in words:
        first, _, last = word.partition("-")
        first, last = int(first), int(last or first)
        step = 1 if last >= first else -1
        yield from range(first, last + step, step)


def order(name, *words):
    """What was captured, in another order."""
    packets = {struct.unpack_from("!I", esp, 4)[0]: outer + esp
               for outer, esp in captured(name)}
    send([packets[number] for number in numbers(words)])


def replay(name, count):
    """The same again."""
    outer, esp = last_esp(name)
    send([outer + esp] * int(count))


def flip(name, count):
    """Not authentic, and far ahead."""
    outer, esp = last_esp(name)
    spi, number = struct.unpack_from("!II", esp)
    broken = esp[8:-1] + bytes([esp[-1] ^ 0x5a])
    send([outer + struct.pack("!II", spi, number + 5000 + i) + broken
          for i in range(int(count))])


def short(name):
    """Truncations; those without a whole SPI are nobody's."""
    outer, esp = last_esp(name)
    send([outer + esp[:size] for size in range(len(esp))])


if __name__ == "__main__":
    COMMANDS = {"clear-gre": clear_gre, "bad-checksum": bad_checksum,
                "bad-header": bad_header, "ipv6": ipv6,
                "replay": replay, "order": order,
                "flip": flip, "short": short}
    if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])
