#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Want of memory at each allocation of each request.

  failnth.py list
        names of the cases below
  failnth.py LIBRARY CASE
        do one, with failnth.c compiled to LIBRARY, on the device dmvpn0 of this
        namespace; what is in it is deleted
  failnth.py LIBRARY module FILE
        load the module
  failnth.py LIBRARY netns
        make a namespace

A request whose Nth allocation fails, for N from 1 on until it has fewer, is
done or refused as a whole: the kernel then holds what it held before or what
the request asks for, and the same request without a fault succeeds.
"""

import ctypes
import errno
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                ".."))
from genl import (NETLINK_GENERIC, NLM_F_ACK, NLM_F_DUMP,  # noqa: E402
                  NLM_F_REQUEST, Family, nla)

NTH_MAX = 5000
NLM_F_EXCL, NLM_F_CREATE = 0x200, 0x400
RTM_NEWLINK, RTM_DELLINK = 16, 17
IFLA_IFNAME, IFLA_LINKINFO, IFLA_INFO_KIND, IFLA_INFO_DATA = 3, 18, 1, 2
IFF_UP = 1
SOL_SOCKET_TIMEOUT = struct.pack("ll", 10, 0)

# What a state does not consist of: times, counters, numbers given anew, and a
# reason, which there may be no memory to keep.
VOLATILE = {"reason", "age-ms", "idle-ms", "state-ms", "handle", "session",
            "packets", "bytes", "seq", "mtu", "drops", "misses", "redirects",
            "pending", "upcalls-suppressed", "lifetime", "tx-packets",
            "tx-bytes", "tx-dropped", "rx-packets", "rx-bytes", "rx-dropped",
            "errors"}

DEV = "dev=dmvpn0"
A, B, C = "10.9.1.2", "10.9.2.2", "10.9.3.2"
PEER = ["peer-new", DEV, "remote=" + B, "flags=multicast,nhs"]
NEXTHOP = ["nexthop-new", DEV, "address=192.168.9.2", "remote=" + B,
           "state=valid", "kind=static"]
NEGATIVE = ["nexthop-new", DEV, "address=192.168.9.9", "state=negative",
            "kind=cached"]
ENDS = ["local=" + A, "remote=" + B]
# Bytes of the cipher's key, and the rest.
SUITES = {
    "gcm": (36, ["cipher=rfc4106(gcm(aes))", "icv-len=16"]),
    "chacha": (36, ["cipher=rfc7539esp(chacha20,poly1305)", "icv-len=16"]),
    "cbc": (32, ["cipher=cbc(aes)", "auth=hmac(sha256)", "icv-len=16",
                 "auth-key=" + 32 * "a5"]),
}


def sa_new(spi, direction, suite="gcm", *more):
    """An SA between A and B, whose key no other SPI has."""
    size, attributes = SUITES[suite]
    key = str(spi).encode().hex()[-8:]
    return ["sa-new", "spi=%s" % spi, "dir=" + direction, "mode=transport",
            "profile=DMVPN", *ENDS, *attributes,
            "cipher-key=" + key.rjust(2 * size, "0"), *more]


CHILD = ["policy-new", "name=CHILD", 'class={"name":"VOICE","match":'
         '[{"dscp":46}],"priority-percent":10}']
POLICY = ["policy-new", "name=P", 'class={"name":"BIZ","match":[{"src":'
          '"10.0.0.0","src-len":8},{"protocol":6,"dport-min":80}],'
          '"set-inner-dscp":18}', 'class={"name":"REST","match":[{}],'
          '"child":"CHILD"}']
OTHER = ["policy-new", "name=P", 'class={"name":"ALL","match":[{}]}']
POLICIES = [CHILD, POLICY]
OUT, IN = sa_new(0x1001, "out"), sa_new(0x1002, "in")
ALL = [PEER, NEXTHOP, OUT, IN]

# Name: what is there before, and the request. "dump" first for a dump.
CASES = {
    "device-get": ([], ["device-get", DEV]),
    "device-get dump": ([], ["dump", "device-get"]),
    "peer-new": ([], PEER),
    "peer-new, flags": ([PEER], ["peer-new", DEV, "remote=" + B, "flags="]),
    "peer-new, policy": ([*POLICIES, PEER], [*PEER, "policy=P"]),
    "policy-new": ([CHILD], POLICY),
    "policy-new, replaced": (POLICIES, OTHER),
    "policy-new, replaced on a device": (
        [*POLICIES, ["link"], ["change"]], OTHER),
    "policy-get": (POLICIES, ["policy-get", "name=P"]),
    "policy-get dump": (POLICIES, ["dump", "policy-get"]),
    "policy-del": (POLICIES, ["policy-del", "name=P"]),
    "policy-test": (POLICIES, ["policy-test", "name=P", "packet=45" +
                               38 * "00"]),
    "class-get dump": (POLICIES, ["dump", "class-get"]),
    "service-get dump": ([*POLICIES, ["link"], ["change"]],
                         ["dump", "service-get"]),
    "peer-get": ([PEER], ["peer-get", DEV, "remote=" + B]),
    "peer-get dump": ([PEER], ["dump", "peer-get"]),
    "peer-del": (ALL, ["peer-del", DEV, "remote=" + B]),
    "nexthop-new": ([PEER], NEXTHOP),
    "nexthop-new, replaced": (
        [PEER, NEXTHOP, ["peer-new", DEV, "remote=" + C]],
        ["nexthop-new", DEV, "address=192.168.9.2", "remote=" + C,
         "state=valid", "kind=cached", "claimed=" + A]),
    "nexthop-new, negative": ([], NEGATIVE),
    "nexthop-get": ([PEER, NEXTHOP],
                    ["nexthop-get", DEV, "address=192.168.9.2"]),
    "nexthop-get dump": ([PEER, NEXTHOP, NEGATIVE], ["dump", "nexthop-get"]),
    "nexthop-del": ([PEER, NEXTHOP],
                    ["nexthop-del", DEV, "address=192.168.9.2"]),
    "sa-alloc-spi": ([], ["sa-alloc-spi", *ENDS]),
    "sa-new, reserved": ([["sa-alloc-spi", *ENDS]], sa_new("SPI", "in")),
    "sa-get": ([IN], ["sa-get", "spi=0x1002", "dir=in", *ENDS]),
    "sa-get dump": ([IN, OUT], ["dump", "sa-get"]),
    "sa-set, moved": (ALL, ["sa-set", "spi=0x1001", "dir=out", *ENDS,
                            "new-remote=" + C]),
    "sa-set, used": ([PEER, OUT, sa_new(0x1003, "out", "gcm", "standby=1")],
                     ["sa-set", "spi=0x1003", "dir=out", *ENDS, "standby=0"]),
    "sa-del": (ALL, ["sa-del", "spi=0x1001", "dir=out", *ENDS]),
    "sa-flush": (ALL, ["sa-flush"]),
    "session-get": (ALL, ["session-get", *ENDS]),
    "session-get dump": (ALL, ["dump", "session-get"]),
    "session-set": ([PEER], ["session-set", *ENDS, "state=failed",
                             "reason=none", "identity=b", "ike-version=2"]),
    "session-del": (ALL, ["session-del", *ENDS]),
    "frame-register": ([], ["frame-register", DEV]),
    "frame": ([PEER, OUT], ["frame", DEV, "remote=" + B,
                            "data=" + 40 * "00"]),
    "newlink": ([], None),
    "changelink": ([*POLICIES, ["link"], PEER], None),
    "link up": ([["link"]], None),
    "link down": ([["link"], ["up"]], None),
    "dellink": ([["link"], ["up"]], None),
}
for one_suite in SUITES:
    for one_direction in "in", "out":
        CASES["sa-new, %s %s" % (one_suite, one_direction)] = (
            [PEER], sa_new(0x1001, one_direction, one_suite))


def netlink_message(kind, flags, body):
    """A whole request."""
    return struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | flags,
                       1, 0) + body


def link_header(name, flags=0, change=0):
    """struct ifinfomsg of a device, by index if it is there."""
    index = dict((n, i) for i, n in socket.if_nameindex()).get(name, 0)
    return struct.pack("=BBHiII", 0, 0, 0, index, flags, change)


class Kernel:
    """What holds the state."""

    def __init__(self):
        self.family = Family()
        self.spec = self.family.spec
        self.spi = None
        # Somebody who hears of all that happens, so that it is written.
        self.listener = Family(self.spec)
        self.listener.join([])

    def link_data(self, values):
        """IFLA_LINKINFO of a dmvpn device."""
        attrs = self.spec.sets["link"]
        data = b"".join(nla(attrs[k]["value"], self.spec.encode(attrs[k], v))
                        for k, v in values.items())
        return nla(IFLA_LINKINFO, nla(IFLA_INFO_KIND, b"dmvpn\0") +
                   nla(IFLA_INFO_DATA, data))

    def link_message(self, case):
        """A request of rtnetlink about dmvpn1."""
        head = link_header("dmvpn1")
        if case == "dellink":
            return netlink_message(RTM_DELLINK, NLM_F_ACK, head)
        if case == "link up":
            return netlink_message(RTM_NEWLINK, NLM_F_ACK,
                                   link_header("dmvpn1", IFF_UP, IFF_UP))
        if case == "link down":
            return netlink_message(RTM_NEWLINK, NLM_F_ACK,
                                   link_header("dmvpn1", 0, IFF_UP))
        if case == "changelink":
            return netlink_message(RTM_NEWLINK, NLM_F_ACK, head +
                                   self.link_data({
                                       "key": "17", "ttl": "9",
                                       "output-policy": "P",
                                       "underlay-policy": "CHILD"}))
        return netlink_message(
            RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
            head + nla(IFLA_IFNAME, b"dmvpn1\0") +
            self.link_data({"local": A, "key": "16", "profile": "DMVPN"}))

    def message(self, case):
        """The request of a case as (protocol, bytes)."""
        words = CASES[case][1]
        if not words:
            return socket.NETLINK_ROUTE, self.link_message(case)
        dump = words[0] == "dump"
        name, values = words[dump], words[dump + 1:]
        body = struct.pack("=BBH", self.spec.ops[name]["value"], 1, 0) + \
            self.family.payload(name, self.pairs(values))
        return NETLINK_GENERIC, netlink_message(
            self.family.ident, NLM_F_DUMP if dump else NLM_F_ACK, body)

    def pairs(self, values):
        """name=value words to pairs, with the SPI that was reserved."""
        return [word.replace("spi=SPI", "spi=%s" % self.spi).split("=", 1)
                for word in values]

    def prepare(self, steps):
        """Nothing, then what a case wants to be there before."""
        self.clear()
        for step in steps:
            if step[0] == "link":
                plain(socket.NETLINK_ROUTE, self.link_message("newlink"))
            elif step[0] == "change":
                plain(socket.NETLINK_ROUTE, self.link_message("changelink"))
            elif step[0] == "up":
                plain(socket.NETLINK_ROUTE, self.link_message("link up"))
            else:
                for reply in self.family.request(step[0],
                                                 self.pairs(step[1:])):
                    self.spi = reply.get("spi", self.spi)

    def clear(self):
        """Nothing but dmvpn0."""
        self.family.request("sa-flush", [])
        for peer in self.family.request("peer-get", [], dump=True):
            self.family.request("peer-del", [
                ["ifindex", str(peer["ifindex"])], ["remote", peer["remote"]]])
        for nexthop in self.family.request("nexthop-get", [], dump=True):
            self.family.request("nexthop-del", [
                ["ifindex", str(nexthop["ifindex"])],
                ["address", nexthop["address"]]])
        if "dmvpn1" in (n for _, n in socket.if_nameindex()):
            plain(socket.NETLINK_ROUTE, self.link_message("dellink"))
        # A child is older than who refers to it.
        for policy in reversed(self.family.request("policy-get", [],
                                                   dump=True)):
            self.family.request("policy-del", [["name", policy["name"]]])

    def state(self):
        """All that there is, without what changes by itself."""
        names = sorted(name for _, name in socket.if_nameindex())
        out = [(name, open_flags(name)) for name in names]
        for command in ("device-get", "peer-get", "nexthop-get", "session-get",
                        "sa-get", "policy-get", "class-get",
                        "service-get"):
            for one in self.family.request(command, [], dump=True):
                if command in ("device-get", "service-get"):
                    del one["ifindex"]
                out.append((command, {k: "SPI" if v == self.spi else v
                                      for k, v in one.items()
                                      if k not in VOLATILE}))
        return out


def open_flags(name):
    """Whether a device is up."""
    with open("/sys/class/net/%s/flags" % name, encoding="ascii") as flags:
        return int(flags.read(), 0) & IFF_UP


def open_socket(protocol):
    """A netlink socket that does not wait for ever."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, SOL_SOCKET_TIMEOUT)
    sock.bind((0, 0))
    return sock


def plain(protocol, message):
    """A request without a fault, which must succeed."""
    with open_socket(protocol) as sock:
        sock.send(message)
        while True:
            data = sock.recv(1 << 16)
            at = 0
            while at + 16 <= len(data):
                size, kind = struct.unpack_from("=IH", data, at)
                if kind in (2, 3):
                    code = struct.unpack_from("=i", data, at + 16)[0]
                    if code:
                        raise OSError(-code, "without a fault: " +
                                      os.strerror(-code))
                    return
                at += (size + 3) & ~3


class Tally:
    """What came of all N."""

    def __init__(self):
        self.results = {}

    def add(self, error):
        """One of them."""
        name = errno.errorcode.get(-error, str(error)) if error else "done"
        self.results[name] = self.results.get(name, 0) + 1

    def __str__(self):
        return "%d allocations: %s" % (
            sum(self.results.values()),
            ", ".join("%s %d" % one for one in sorted(self.results.items())))

    def verdict(self, also=()):
        """Only want of memory was an error. Some requests need none."""
        print(self)
        return not set(self.results) <= {"done", "ENOMEM", "ENOBUFS", *also}


def attempts(call):
    """Yield (N, outcome) for each N; call gets N and where to put an error."""
    error = ctypes.c_int()
    for nth in range(1, NTH_MAX):
        if not call(nth, ctypes.byref(error)):
            return
        yield nth, error.value
    raise OSError(0, "there is no end of allocations")


def run_case(library, case):
    """One request, all N."""
    kernel, tally = Kernel(), Tally()
    kernel.prepare(CASES[case][0])
    before = kernel.state()
    plain(*kernel.message(case))
    after = kernel.state()

    def request(nth, error):
        kernel.prepare(CASES[case][0])
        protocol, message = kernel.message(case)
        with open_socket(protocol) as sock:
            return library.fail_request(nth, sock.fileno(), message,
                                        len(message), error)

    for nth, error in attempts(request):
        tally.add(error)
        now = kernel.state()
        if now != after and (now != before or not error):
            print("allocation %d, %s: now %s\nbefore %s\nafter %s" % (
                nth, os.strerror(-error), now, before, after))
            return 1
        # Its acknowledgment may be what was lost.
        if error and now == after != before and error != -errno.ENOBUFS:
            print("allocation %d: done, but %s" % (nth, os.strerror(-error)))
            return 1
        if now != after:
            plain(*kernel.message(case))
            if kernel.state() != after:
                print("allocation %d: then it works no more" % nth)
                return 1
    kernel.clear()
    # netdev_register_kobject() does not look whether a device got its name.
    return tally.verdict(["EINVAL"] if case == "newlink" else [])


def run_module(library, path):
    """Loading it, all N."""
    tally = Tally()
    for nth, error in attempts(lambda n, e: library.fail_module(
            n, path.encode(), e)):
        tally.add(error)
        if os.path.exists("/sys/module/dmvpn") != (not error):
            print("allocation %d: %s" % (nth, os.strerror(-error)))
            return 1
        if not error:
            unload()
    unload()
    return tally.verdict()


def unload():
    """delete_module(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(176, b"dmvpn", os.O_NONBLOCK):
        raise OSError(ctypes.get_errno(), "delete_module")


def run_netns(library):
    """A namespace, all N."""
    tally = Tally()
    for _, error in attempts(library.fail_netns):
        tally.add(error)
    return tally.verdict()


def main(argv):
    """Command line."""
    if argv == ["list"]:
        print("\n".join(CASES))
        return 0
    library = ctypes.CDLL(argv[0])
    if argv[1] == "module":
        return run_module(library, argv[2])
    if argv[1] == "netns":
        return run_netns(library)
    return run_case(library, argv[1])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
