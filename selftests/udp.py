#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Datagrams for the tests, over IPv4 and IPv6.

  udp.py serve ADDRESS PORT           echo for ever
  udp.py ask ADDRESS PORT SIZE[,SIZE...] [df]  send one of each size and await
                                      its echo; df sets Don't Fragment
  udp.py send ADDRESS PORT COUNT [TEXT]  send, await nothing
  udp.py train ADDRESS PORT SIZE COUNT  COUNT datagrams of SIZE bytes as one
  udp.py load ADDRESS,PORT,RATE,SIZE,TOS...  datagrams of SIZE bytes inside, at
                                      RATE bits of IP a second each, until
                                      SIGTERM; says how many of each were sent
  udp.py largest ADDRESS PORT         take what GRO merged; says "ready" and,
                                      when a second brings nothing, the bytes
                                      of the largest
  udp.py encap PORT NETNS...          hold the sockets that take ESP in UDP at
                                      a port in each namespace, as an IKE
                                      daemon does; says "ready"
"""

import os
import signal
import socket
import sys
import time

IP_MTU_DISCOVER, IP_PMTUDISC_DONT, IP_PMTUDISC_DO = 10, 0, 2
IPV6_MTU_DISCOVER = 23
UDP_ENCAP, UDP_ENCAP_ESPINUDP = 100, 2
UDP_SEGMENT, UDP_GRO = 103, 104
SO_SNDBUFFORCE = 32


def datagrams(address, dont_fragment=False):
    """A socket of the address' family."""
    how = IP_PMTUDISC_DO if dont_fragment else IP_PMTUDISC_DONT
    if ":" in address:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, how)
    else:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, how)
    return sock


def serve(address, port):
    """Echo what comes."""
    sock = datagrams(address)
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
    sock = datagrams(address, bool(dont_fragment))
    sock.settimeout(1)
    for size in sizes.split(","):
        if not there_and_back(sock, (address, int(port)),
                              os.urandom(int(size))):
            print("no echo of %s bytes" % size, file=sys.stderr)
            return 1
    return 0


def send(address, port, count, text="x"):
    """Send datagrams, whatever comes of them."""
    sock = datagrams(address)
    for _ in range(int(count)):
        try:
            sock.sendto(text.encode(), (address, int(port)))
        except OSError as error:
            print(error, file=sys.stderr)
    return 0


def train(address, port, size, count):
    """One system call, cut by the kernel."""
    sock = datagrams(address)
    sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, int(size))
    sock.sendto(bytes(int(size) * int(count)), (address, int(port)))
    return 0


class Stream:
    """Datagrams at a rate, now and then as many as are due, in one call."""

    def __init__(self, text):
        address, port, rate, size, tos = text.split(",")
        self.sock = datagrams(address)
        self.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, int(tos))
        self.sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, int(size))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 8 << 20)
        self.sock.setblocking(False)
        self.to = (address, int(port))
        self.size = int(size)
        self.interval = (self.size + 28) * 8 / int(rate)
        self.due = time.monotonic()
        self.sent = 0

    def send(self, now):
        """What is due; what does not fit into the socket is not sent.

        Nor does it go on for long where more is due than can be sent.
        """
        for _ in range(100):
            if self.due > now:
                return
            count = min(int((now - self.due) / self.interval) + 1, 40)
            self.due = max(self.due + count * self.interval, now - 0.5)
            try:
                self.sock.sendto(bytes(self.size * count), self.to)
                self.sent += count
            except OSError:
                return


def load(*streams):
    """Several streams until the end."""
    streams = [Stream(text) for text in streams]
    going = []
    signal.signal(signal.SIGTERM, lambda *_: going.append(False))
    print("ready", flush=True)
    while not going:
        for stream in streams:
            stream.send(time.monotonic())
        time.sleep(0.02)
    print(*(stream.sent for stream in streams), flush=True)
    return 0


def largest(address, port):
    """Wait for the first; then until no more come."""
    sock = datagrams(address)
    sock.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
    sock.bind((address, int(port)))
    print("ready", flush=True)
    most = len(sock.recv(65535))
    sock.settimeout(1)
    try:
        while True:
            most = max(most, len(sock.recv(65535)))
    except socket.timeout:
        print(most, flush=True)
    return 0


def encap_socket(family, address, port):
    """What ESP in UDP is taken from."""
    sock = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)
    sock.bind((address, int(port)))
    return sock


def encap(port, *namespaces):
    """Sockets that nobody reads."""
    from genl import enter
    held = []
    for netns in namespaces:
        enter(netns)
        held += [encap_socket(socket.AF_INET, "0.0.0.0", port),
                 encap_socket(socket.AF_INET6, "::", port)]
    print("ready", flush=True)
    signal.pause()


if __name__ == "__main__":
    COMMANDS = {"serve": serve, "ask": ask, "send": send,
                "train": train, "load": load, "largest": largest,
                "encap": encap}
    if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
