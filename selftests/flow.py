#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbered datagrams between network namespaces, with an exact account.

  flow.py RATE NETNS ADDRESS NETNS ADDRESS [NETNS ADDRESS ...]

Between the first end and each other one RATE datagrams a second go each way.
One process has all ends, so that nobody has to agree on what was sent. It says
"flows" when it begins. After SIGTERM it sends nothing any more, waits for what
is on its way, and describes each way with a line of JSON: "lost" never came,
"duplicated" came again, "reordered" came after one that was sent later,
"corrupt" is not what was sent, "errors" the kernel refused to send. "gaps" are
the first of the times at which what was sent got lost, and how many.
"""

import array
import itertools
import json
import os
import select
import signal
import socket
import sys
import time

from genl import enter
from udp import datagrams

PORT = 7000
SIZES = 1000
SO_RCVBUFFORCE = 33
ROOM = 1 << 23
LATE = 0.05    # behind by more than that, datagrams are left out
DRAIN = 2      # seconds without a datagram: no more comes
LINGER = 0.1   # all are there: time for a duplicate
GAPS = 10      # that are told of


def compose(number):
    """What the datagram of a number looks like."""
    return number.to_bytes(4, "big") + \
        bytes([number * 7 % 251]) * (number * 37 % SIZES)


class Way:
    """Datagrams from one socket to another."""

    def __init__(self, names, out, into):
        self.names, self.out, self.into = names, out, into
        self.sent = self.received = self.errors = 0
        self.duplicated = self.reordered = self.corrupt = 0
        self.highest = -1
        self.seen = bytearray()
        self.times = array.array("d")

    def send(self):
        """The next one."""
        data = compose(self.sent)
        # The first error may be one that an earlier datagram met.
        for _ in range(2):
            try:
                self.out.send(data)
            except OSError:
                continue
            self.sent += 1
            self.seen.append(0)
            self.times.append(time.time())
            return
        self.errors += 1

    def receive(self):
        """All that came."""
        try:
            while True:
                try:
                    self.note(self.into.recv(65536))
                except ConnectionError:
                    pass  # what ICMP says of the other way
        except OSError:
            pass

    def note(self, data):
        """One that came."""
        number = int.from_bytes(data[:4], "big")
        if number >= self.sent or data != compose(number):
            self.corrupt += 1
        elif self.seen[number]:
            self.duplicated += 1
        else:
            self.seen[number] = 1
            self.received += 1
            self.reordered += number < self.highest
            self.highest = max(self.highest, number)

    def gaps(self):
        """When datagrams got lost one after the other, and how many."""
        number = 0
        for seen, group in itertools.groupby(self.seen):
            length = sum(1 for _ in group)
            if not seen:
                yield [time.strftime("%T", time.localtime(self.times[number])),
                       length]
            number += length

    def report(self):
        """For humans and jq."""
        return json.dumps({
            "from": self.names[0], "to": self.names[1], "sent": self.sent,
            "received": self.received, "lost": self.sent - self.received,
            "duplicated": self.duplicated, "reordered": self.reordered,
            "corrupt": self.corrupt, "errors": self.errors,
            "gaps": list(itertools.islice(self.gaps(), GAPS))})


def open_socket(netns, here, port, there, other_port):
    """Between two addresses and ports."""
    enter(netns)
    sock = datagrams(here)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
    sock.setblocking(False)
    sock.bind((here, port))
    sock.connect((there, other_port))
    return sock


def open_ways(hub, ends):
    """Two ways for each of the ends."""
    ways = []
    for number, (netns, address) in enumerate(ends):
        port = PORT + number
        one = open_socket(*hub, port, address, PORT)
        other = open_socket(netns, address, PORT, hub[1], port)
        ways += [Way((hub[0], netns), one, other),
                 Way((netns, hub[0]), other, one)]
    return ways


class Flows:
    """All ways, in turn."""

    def __init__(self, ways, rate):
        self.ways, self.every = ways, 1 / (rate * len(ways))
        self.turn = 0
        self.stopped = False
        self.poll = select.poll()
        self.by_fd = {}
        for way in ways:
            self.poll.register(way.into, select.POLLIN)
            self.by_fd[way.into.fileno()] = way

    def stop(self, *_):
        """Send no more."""
        self.stopped = True

    def receive(self, seconds):
        """What comes until then; is there anything?"""
        ready = self.poll.poll(max(0, seconds * 1000))
        for fd, _ in ready:
            self.by_fd[fd].receive()
        return bool(ready)

    def run(self):
        """Until stopped."""
        due = time.monotonic()
        while not self.stopped:
            now = time.monotonic()
            if now < due:
                self.receive(due - now)
                continue
            self.ways[self.turn].send()
            self.turn = (self.turn + 1) % len(self.ways)
            due = max(due + self.every, now - LATE)
            self.receive(0)

    def drain(self):
        """Until nothing is on its way."""
        while self.receive(LINGER if all(way.sent == way.received
                                         for way in self.ways) else DRAIN):
            pass


def main(rate, hub, hub_address, *ends):
    """Command line."""
    flows = Flows(open_ways((hub, hub_address), list(zip(ends[::2],
                                                         ends[1::2]))),
                  float(rate))
    signal.signal(signal.SIGTERM, flows.stop)
    # Packets of one processor do not overtake each other on their way.
    os.sched_setaffinity(0, {0})
    print("flows", flush=True)
    flows.run()
    flows.drain()
    for way in flows.ways:
        print(way.report())


if __name__ == "__main__":
    if len(sys.argv) < 6 or len(sys.argv) % 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
