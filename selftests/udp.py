#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Datagrams for the tests.

  udp.py serve ADDRESS PORT           echo for ever
  udp.py ask ADDRESS PORT SIZE[,SIZE...] [df]  send one of each size and await
                                      its echo; df sets Don't Fragment
  udp.py send ADDRESS PORT COUNT [TEXT]  send, await nothing
"""

import os
import socket
import sys

IP_MTU_DISCOVER, IP_PMTUDISC_DONT, IP_PMTUDISC_DO = 10, 0, 2


def serve(address, port):
    """Echo what comes."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
    sock.bind((address, int(port)))
    while True:
        data, peer = sock.recvfrom(65535)
        sock.sendto(data, peer)


def there_and_back(sock, to, data):
    """One datagram, five tries of a second."""
    for _ in range(5):
        try:
            sock.sendto(data, to)
            if sock.recv(65535) == data:
                return True
        except OSError as error:
            print(error, file=sys.stderr)
    return False


def ask(address, port, sizes, dont_fragment=""):
    """Datagrams there and back, one after the other."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER,
                    IP_PMTUDISC_DO if dont_fragment else IP_PMTUDISC_DONT)
    sock.settimeout(1)
    for size in sizes.split(","):
        if not there_and_back(sock, (address, int(port)),
                              os.urandom(int(size))):
            print("no echo of %s bytes" % size, file=sys.stderr)
            return 1
    return 0


def send(address, port, count, text="x"):
    """Send datagrams, whatever comes of them."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(int(count)):
        try:
            sock.sendto(text.encode(), (address, int(port)))
        except OSError as error:
            print(error, file=sys.stderr)
    return 0


if __name__ == "__main__":
    COMMANDS = {"serve": serve, "ask": ask, "send": send}
    if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
