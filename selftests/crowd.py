#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Many spokes of one hub, without protection.

  crowd.py register COUNT KEY HOLDTIME NBMA PROTO HUB HUB_PROTO
                         each registers once; the first has the addresses NBMA
                         and PROTO, the others those that follow
  crowd.py stream COUNT PROTO RATE
                         RATE datagrams a second, to one after the other, until
                         SIGTERM; says how many
"""

import ipaddress
import signal
import socket
import struct
import sys
import time

PORT = 9


def checksum(data):
    """Of an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def registration(number, holdtime, nbma, proto, hub_proto):
    """A request with one entry and no extension."""
    entry = struct.pack("!BBHHHBBBB", 0, 32, 0, 0, holdtime, 0, 0, 0, 0)
    rest = struct.pack("!BBHI", 4, 4, 0, number)
    rest += nbma.packed + proto.packed + hub_proto.packed + entry
    length = 20 + len(rest)

    def header(check):
        return struct.pack("!HH5xBHHHBBBB", 1, 0x0800, 255, length, check, 0,
                           1, 3, 4, 0)

    return header(checksum(header(0) + rest)) + rest


def register(count, key, holdtime, *addresses):
    """Not all at once, so that no queue on the way overflows."""
    nbma, proto, hub, hub_proto = map(ipaddress.ip_address, addresses)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for i in range(int(count)):
        data = struct.pack("!HHI", 0x2000, 0x2001, int(key))
        data += registration(i + 1, int(holdtime), nbma + i, proto + i,
                             hub_proto)
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(data), 0, 0, 64,
                           socket.IPPROTO_GRE, 0, (nbma + i).packed,
                           hub.packed)
        raw.sendto(head + data, (str(hub), 0))
        time.sleep(0.002)


def stream(count, proto, rate):
    """Of equal sizes."""
    first = ipaddress.ip_address(proto)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    going = True

    def end(*_):
        nonlocal going
        going = False

    signal.signal(signal.SIGTERM, end)
    print("streams", flush=True)
    sent, start = 0, time.monotonic()
    while going:
        sock.sendto(bytes(64), (str(first + sent % int(count)), PORT))
        sent += 1
        ahead = start + sent / int(rate) - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
    print(sent, flush=True)


if __name__ == "__main__":
    {"register": register, "stream": stream}[sys.argv[1]](*sys.argv[2:])
