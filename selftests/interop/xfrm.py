#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""A dmvpn device against the kernel's own gre and XFRM, case by case.

  xfrm.py NETNS NETNS     ours and theirs; xfrm-matrix.sh has made devices

Reads commands, one a line:

  cases pairs|full        print the names of cases, a line each, then "end"
  run NAME                put in SAs by hand at both ends and send datagrams of
                          many sizes and TCP both ways; "ok" or what is wrong

The name of a case is its value in each dimension. In one packet after the
other, what goes one way has to be as large on the wire as what goes the other
way, and has to be ESP of this case and nothing else. With ESN the numbers
begin so that they pass 2^32.
"""

import itertools
import os
import socket
import struct
import subprocess
import sys
import threading
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                ".."))
import genl  # noqa: E402
import udp  # noqa: E402

# ---- dimensions ----

DIMENSIONS = {
    "mode": ["transport", "tunnel", "inner"],
    "outer": ["v4", "v6"],
    "payload": ["v4", "v6"],
    "encap": ["native", "udp"],
    "esn": ["noesn", "esn"],
}


class Suite:
    """A cipher suite: lengths in bytes."""

    def __init__(self, cipher, key, icv, auth=None, auth_key=0):
        self.cipher, self.key, self.icv = cipher, key, icv
        self.auth, self.auth_key = auth, auth_key

    def keys(self):
        """New ones, in hex."""
        return os.urandom(self.key).hex(), os.urandom(self.auth_key).hex()

    def ours(self, keys):
        """As attributes of sa-new."""
        attrs = {"cipher": self.cipher, "icv-len": self.icv}
        if self.key:
            attrs["cipher-key"] = keys[0]
        if self.auth:
            attrs.update({"auth": self.auth, "auth-key": keys[1]})
        return attrs

    def theirs(self, keys):
        """As words of ip xfrm state."""
        if not self.auth:
            return "aead %s 0x%s %d" % (self.cipher, keys[0], 8 * self.icv)
        key = "0x" + keys[0] if self.key else '""'
        return "enc %s %s auth-trunc %s 0x%s %d" % (
            self.cipher, key, self.auth, keys[1], 8 * self.icv)


def suites():
    """All by name."""
    found = {}
    for name, icv, length in (("sha1", 12, 20), ("sha256", 16, 32),
                              ("sha384", 24, 48), ("sha512", 32, 64)):
        auth = "hmac(%s)" % name
        for bits in 128, 192, 256:
            found["cbc%d-%s" % (bits, name)] = Suite("cbc(aes)", bits // 8,
                                                     icv, auth, length)
        found["null-" + name] = Suite("ecb(cipher_null)", 0, icv, auth, length)
    for icv, bits in itertools.product((8, 12, 16), (128, 256)):
        found["gcm%d-%d" % (bits, 8 * icv)] = Suite(
            "rfc4106(gcm(aes))", bits // 8 + 4, icv)
        found["ccm%d-%d" % (bits, 8 * icv)] = Suite(
            "rfc4309(ccm(aes))", bits // 8 + 3, icv)
    found["chacha"] = Suite("rfc7539esp(chacha20,poly1305)", 36, 16)
    return found


SUITES = suites()


def full():
    """The whole product."""
    return list(itertools.product(SUITES, *DIMENSIONS.values()))


def pairs():
    """Few cases, in which each two values of two dimensions meet.

    Of each suite two cases that differ in everything else, and other ones from
    suite to suite. The mode with other addresses inside says nothing new about
    a suite, so it has cases of its own.
    """
    cases = []
    two = [values[:2] for values in DIMENSIONS.values()]
    for number, suite in enumerate(sorted(SUITES)):
        bits = [number >> bit & 1 for bit in range(len(two))]
        for flip in 0, 1:
            cases.append((suite, *(values[bit ^ flip]
                                   for values, bit in zip(two, bits))))
    for number, (outer, payload, encap, esn) in enumerate(
            itertools.product(*two[1:])):
        if bin(number).count("1") % 2:
            cases.append((sorted(SUITES)[number], "inner", outer, payload,
                          encap, esn))
    return cases


# ---- addresses: ours, then theirs ----

OUTER = {"v4": ("10.9.1.1", "10.9.1.2"), "v6": ("fd09:1::1", "fd09:1::2")}
INNER = {"v4": ("10.9.2.1", "10.9.2.2"), "v6": ("fd09:2::1", "fd09:2::2")}
ENCAP_PORT = 4500
# The last number that counts as used, with ESN.
ESN_START = (1 << 32) - 9


def overlay(outer, mode, payload):
    """Each of their GRE devices has its own subnet."""
    net = 10 + 2 * (outer == "v6") + (mode == "inner")
    form = "192.168.%d.%d" if payload == "v4" else "fd99:%d::%d"
    return form % (net, 1), form % (net, 2)


# ---- the nodes ----

class Failed(Exception):
    """Something is not as it must be."""


class Ours:
    """The node with the dmvpn device."""

    def __init__(self, netns):
        genl.enter(netns)
        self.family = genl.Family()
        self.ifindex = socket.if_nametoindex("dmvpn0")
        for (_, remote), port in itertools.product(OUTER.values(),
                                                   (0, ENCAP_PORT)):
            self.ask("peer-new", {"ifindex": self.ifindex, "remote": remote,
                                  "remote-port": port})

    def ask(self, command, attrs, dump=False):
        """One command."""
        return self.family.request(
            command, [[name, str(value)] for name, value in attrs.items()],
            dump)

    def install(self, case, keys, theirs):
        """SAs and the next hop; returns our SPI."""
        suite, mode, outer, payload, encap, esn = case
        local, remote = OUTER[outer]
        ends = {"local": local, "remote": remote}
        port = ENCAP_PORT if encap == "udp" else 0
        self.ask("sa-flush", {})
        spi = self.ask("sa-alloc-spi", ends)[0]["spi"]
        common = dict(ends, mode="transport", profile="DMVPN")
        if port:
            common.update({"local-port": port, "remote-port": port})
        if mode != "transport":
            common["mode"] = "tunnel"
        if mode == "inner":
            common.update({"inner-local": INNER[outer][0],
                           "inner-remote": INNER[outer][1]})
        if esn == "esn":
            common.update({"esn": 1, "seq": ESN_START})
        if esn == "esn" or suite.startswith("null"):
            common["insecure"] = 1
        self.ask("sa-new", dict(common, spi=spi, dir="in",
                                **SUITES[suite].ours(keys[1])))
        self.ask("sa-new", dict(common, spi=theirs, dir="out",
                                **SUITES[suite].ours(keys[0])))
        self.ask("nexthop-new", {
            "ifindex": self.ifindex, "remote": remote, "remote-port": port,
            "address": overlay(outer, mode, payload)[1], "state": "valid",
            "kind": "static"})
        return spi

    def complaints(self):
        """What our SAs count that must not be."""
        return [sa for sa in self.ask("sa-get", {}, True)
                if sa["auth-failed"] or sa["replayed"] or sa["malformed"] or
                sa["errors"]]


class Theirs:
    """The node without anything of ours."""

    def __init__(self, netns):
        self.netns = netns
        genl.enter(netns)
        # This thread's, and so of this namespace for ever.
        self.stat = open("/proc/thread-self/net/xfrm_stat", encoding="ascii")
        self.before = self.counters()

    def counters(self):
        """What XFRM counts are errors alone."""
        self.stat.seek(0)
        return self.stat.read()

    def install(self, case, keys, ours, theirs):
        """States and policies of one case and no other."""
        suite, mode, outer, _, encap, esn = case
        words = "reqid 1 mode " + ("transport" if mode == "transport"
                                   else "tunnel")
        more = "replay-window 64"
        if esn == "esn":
            # Each state uses one of them.
            more += " flag esn replay-seq %d replay-oseq %d" % (ESN_START,
                                                                ESN_START)
        if encap == "udp":
            more += " encap espinudp %d %d 0.0.0.0" % (ENCAP_PORT, ENCAP_PORT)
        batch = ["xfrm state flush", "xfrm policy flush"]
        for step, spi, key, way in ((1, theirs, keys[0], "in"),
                                    (-1, ours, keys[1], "out")):
            ends = "src %s dst %s " % OUTER[outer][::step]
            gre = (INNER if mode == "inner" else OUTER)[outer][::step]
            batch += ["xfrm state add %s proto esp spi %d %s %s %s" % (
                          ends, spi, words, more, SUITES[suite].theirs(key)),
                      "xfrm policy add src %s dst %s proto gre dir %s "
                      "tmpl %s proto esp %s" % (*gre, way, ends, words)]
        self.ip(batch)

    def ip(self, batch):
        """Many commands of ip(8) at once."""
        done = subprocess.run(["ip", "-n", self.netns, "-batch", "-"],
                              input="\n".join(batch), text=True, check=False,
                              stderr=subprocess.PIPE)
        if done.returncode:
            raise Failed("%s: %s" % (done.stderr, batch))

    def complaints(self):
        """What XFRM has counted since the last time."""
        now = self.counters()
        new = sorted(set(now.splitlines()) - set(self.before.splitlines()))
        self.before = now
        return new


# ---- the wire ----

ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 3, 0x800, 0x86dd
SO_RCVBUFFORCE = 33
HOP_BY_HOP = 0
ND_FIRST, ND_LAST = 133, 137


class Wire:
    """What goes over the cable between the nodes."""

    def __init__(self, netns):
        genl.enter(netns)
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                  socket.htons(ETH_P_ALL))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.sock.bind(("eth0", ETH_P_ALL))
        self.sock.setblocking(False)

    def seen(self):
        """(way, size, what) of all packets since the last time."""
        packets = []
        try:
            while True:
                data, where = self.sock.recvfrom(65536)
                what = describe(data, where[1])
                if what:
                    packets.append(("out" if where[2] == socket.PACKET_OUTGOING
                                    else "in", *what))
        except BlockingIOError:
            return packets


def describe(data, protocol):
    """Size of an IP packet, its family, encapsulation and SPI."""
    if protocol == ETH_P_IP:
        head, after = (data[0] & 15) * 4, data[9]
        size, family = struct.unpack_from("!H", data, 2)[0], "v4"
    elif protocol == ETH_P_IPV6:
        head, after = 40, data[6]
        size, family = 40 + struct.unpack_from("!H", data, 4)[0], "v6"
    else:
        return None
    if family == "v6" and (after == HOP_BY_HOP or (
            after == socket.IPPROTO_ICMPV6 and
            ND_FIRST <= data[head] <= ND_LAST)):
        return None  # neighbours, and who listens to which of their groups
    if after == socket.IPPROTO_ESP:
        return size, (family, "native",
                      struct.unpack_from("!I", data, head)[0], None)
    if after == socket.IPPROTO_UDP:
        ports = struct.unpack_from("!HH", data, head)
        checksum, spi = struct.unpack_from("!HI", data, head + 6)
        if ports == (ENCAP_PORT, ENCAP_PORT):
            return size, (family, "udp", spi, bool(checksum))
    return size, ("not ESP", after, data.hex())


# ---- data ----

# Seconds for a datagram, and five times that for a stream.
PATIENCE = 2 * int(os.environ.get("DMVPN_SLOW", 1))
# One of each length that padding tells apart, and larger ones.
SIZES = [*range(16), 500, 1100]
STREAM = 40000
PORT = 7


class Talk:
    """A socket at each end of the tunnel for each pair of addresses."""

    def __init__(self, ours, theirs):
        self.nodes = ours, theirs
        self.sockets = {}

    def sockets_of(self, ends):
        """Made once."""
        if ends not in self.sockets:
            self.sockets[ends] = [self.open(node, mine, other) for
                                  node, mine, other in
                                  zip(self.nodes, ends, ends[::-1])]
        return self.sockets[ends]

    @staticmethod
    def open(netns, mine, other):
        """UDP from one to the other."""
        genl.enter(netns)
        sock = udp.datagrams(mine)
        sock.bind((mine, PORT))
        sock.connect((other, PORT))
        sock.settimeout(PATIENCE)
        return sock

    def datagrams(self, ends):
        """Each size there and back."""
        here, there = self.sockets_of(ends)
        for size in SIZES:
            data = os.urandom(size)
            for one, other in (here, there), (there, here):
                one.send(data)
                if other.recv(65536) != data:
                    raise Failed("another datagram arrived")

    def stream(self, ends):
        """A connection, both ways at the same time."""
        here, there = self.nodes
        data = os.urandom(STREAM)
        genl.enter(there)
        with socket.create_server((ends[1], PORT), family=family_of(ends[1])) \
                as listener:
            listener.settimeout(5 * PATIENCE)
            genl.enter(here)
            with socket.create_connection((ends[1], PORT),
                                          5 * PATIENCE) as one, \
                    listener.accept()[0] as other:
                other.settimeout(5 * PATIENCE)
                writers = [threading.Thread(target=push, args=(sock, data))
                           for sock in (one, other)]
                for writer in writers:
                    writer.start()
                if pull(one) != data or pull(other) != data:
                    raise Failed("another stream arrived")
                for writer in writers:
                    writer.join()


def family_of(address):
    """By its looks."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def push(sock, data):
    """All of it, and no more."""
    sock.sendall(data)
    sock.shutdown(socket.SHUT_WR)


def pull(sock):
    """Until there is no more."""
    data = b""
    while chunk := sock.recv(1 << 16):
        data += chunk
    return data


# ---- a case ----

class Matrix:
    """All cases, between the same nodes."""

    def __init__(self, ours, theirs):
        self.ours, self.theirs = Ours(ours), Theirs(theirs)
        self.wire, self.talk = Wire(ours), Talk(ours, theirs)
        genl.enter(theirs)
        self.encap = [udp.encap_socket(socket.AF_INET, "0.0.0.0", ENCAP_PORT),
                      udp.encap_socket(socket.AF_INET6, "::", ENCAP_PORT)]
        genl.enter(ours)
        self.encap += [udp.encap_socket(socket.AF_INET, "0.0.0.0", ENCAP_PORT),
                       udp.encap_socket(socket.AF_INET6, "::", ENCAP_PORT)]
        self.number = 0

    def run(self, *case):
        """One of them."""
        suite, mode, outer, payload, encap, _ = case
        self.number += 1
        keys = SUITES[suite].keys(), SUITES[suite].keys()
        theirs = 0x1000 + self.number
        ours = self.ours.install(case, keys, theirs)
        self.theirs.install(case, keys, ours, theirs)
        ends = overlay(outer, mode, payload)
        self.wire.seen()
        self.talk.datagrams(ends)
        packets = self.wire.seen()
        self.check_only(packets, (outer, encap, theirs), (outer, encap, ours))
        sizes = [[size for way, size, _ in packets if way == want]
                 for want in ("out", "in")]
        if sizes[0] != sizes[1] or len(sizes[0]) != len(SIZES):
            raise Failed("sizes of ours %s, of theirs %s" % tuple(sizes))
        self.talk.stream(ends)
        self.check_only(self.wire.seen(), (outer, encap, theirs),
                        (outer, encap, ours))
        complaints = self.ours.complaints() + self.theirs.complaints()
        if complaints:
            raise Failed("counted: %s" % complaints)

    @staticmethod
    def check_only(packets, out, came):
        """Nothing but ESP of these SAs; UDP has a checksum as theirs has."""
        for way, size, what in packets:
            if what[:3] != (out if way == "out" else came):
                raise Failed("%s, %d bytes: %s" % (way, size, what))
        if len({what[3] for _, _, what in packets}) > 1:
            raise Failed("UDP has a checksum one way only")


def main(ours, theirs):
    """Commands until there are no more."""
    matrix = None
    for line in sys.stdin:
        command, *words = line.split()
        try:
            if command == "cases":
                for case in {"pairs": pairs, "full": full}[words[0]]():
                    print(*case)
                print("end", flush=True)
                continue
            matrix = matrix or Matrix(ours, theirs)
            matrix.run(*words)
            print("ok", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            traceback.print_exc()
            print("%s: %s" % (type(error).__name__,
                              str(error).replace("\n", " ")), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
