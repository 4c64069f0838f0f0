#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Talk to the kernel's dmvpn family by hand.

Names, types and numbers come from Documentation/netlink/specs/dmvpn.yaml.

  genl.py COMMAND [name=value ...]    do one command, print its reply as JSON
  genl.py dump COMMAND [name=value ...]  dump, one JSON object a line
  genl.py field PATH COMMAND [name=value ...]  one member of a reply, as a.b
  genl.py monitor [-c N] [GROUP ...]  print notifications as they come
  genl.py frames DEV                  register for NHRP frames and print them
  genl.py spec                        print the description as JSON; a file of
                                      it named by DMVPN_SPEC saves its parsing
  genl.py serve FILE                  do commands and dumps for whoever connects
                                      to the port on 127.0.0.1 written to FILE

Addresses are written as such, keys and other bytes in hex, enums and flags by
name (flags with commas), nested attributes as JSON objects, and dev=NAME stands
for ifindex=NUMBER.
"""

import contextlib
import ctypes
import ipaddress
import json
import os
import socket
import struct
import sys
import threading

SPEC = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..",
                    "Documentation", "netlink", "specs", "dmvpn.yaml")
NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 1, 10, 11
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP_INTR = 1, 4, 0x10
NLM_F_ACK_TLVS, NLM_F_DUMP = 0x200, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLMSGERR_ATTR_MSG, NLMSGERR_ATTR_OFFS = 1, 2
NLA_F_NESTED, NLA_TYPE_MASK = 0x8000, 0x3fff
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
CTRL_ATTR_MCAST_GRP_NAME, CTRL_ATTR_MCAST_GRP_ID = 1, 2
REQUEST_HEAD = 20
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}
ADDRESSES = {"local", "remote", "new-local", "new-remote", "address", "src",
             "dst", "claimed"}


class NlError(Exception):
    """The kernel's answer to a request that it refuses."""


def align(size):
    """Netlink pads everything to 4 bytes."""
    return (size + 3) & ~3


def nla(kind, data):
    """One attribute as bytes."""
    return (struct.pack("=HH", 4 + len(data), kind) + data).ljust(
        align(4 + len(data)), b"\0")


def nlas(data):
    """Yield (type, payload, offset) of the attributes in data."""
    at = 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        if size < 4:
            raise NlError("attribute shorter than its header")
        yield kind & NLA_TYPE_MASK, data[at + 4:at + size], at
        at += align(size)


def load_spec():
    """The description, from the file that DMVPN_SPEC names or the source."""
    parsed = os.environ.get("DMVPN_SPEC", "")
    if os.path.exists(parsed):
        with open(parsed, encoding="utf-8") as spec:
            return json.load(spec)
    import yaml
    with open(SPEC, encoding="utf-8") as spec:
        return yaml.load(spec, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class Spec:
    """The family's description: commands, attribute sets, enums."""

    def __init__(self):
        doc = load_spec()
        self.name = doc["name"]
        self.enums = {d["name"]: d for d in doc["definitions"]}
        self.sets = {}
        for one in doc["attribute-sets"]:
            self.sets[one["name"]] = {
                a["name"]: dict(a, value=n)
                for n, a in enumerate(one["attributes"], 1)}
        self.ops = {}
        for number, one in enumerate(doc["operations"]["list"], 1):
            self.ops[one["name"]] = dict(one, value=number)
        for one in self.ops.values():
            if "notify" in one:
                one["attribute-set"] = self.ops[one["notify"]]["attribute-set"]
        self.by_number = {o["value"]: o for o in self.ops.values()}

    def entries(self, attr):
        """{name: value} of the enum or flags of an attribute, or {}."""
        if "enum" not in attr:
            return {}
        enum = self.enums[attr["enum"]]
        names = [e["name"] if isinstance(e, dict) else e
                 for e in enum["entries"]]
        shift = enum["type"] == "flags" or attr.get("enum-as-flags")
        return {n: 1 << i if shift else i for i, n in enumerate(names)}

    def encode(self, attr, text):
        """Value of an attribute, as written on the command line, to bytes."""
        if attr["type"] == "string":
            return text.encode() + b"\0"
        if attr["type"] == "binary":
            try:
                return ipaddress.ip_address(text).packed
            except ValueError:
                return bytes.fromhex(text)
        if attr["type"] == "nest":
            return self.encode_nest(attr["nested-attributes"],
                                    json.loads(text))
        names = self.entries(attr)
        value = 0
        for part in text.split(",") if text else []:
            value |= names[part] if part in names else int(part, 0)
        order = "big" if attr.get("byte-order") == "big-endian" \
            else sys.byteorder
        return value.to_bytes(SIZES[attr["type"]], order)

    def attribute(self, set_name, name, text):
        """One attribute as bytes, with its header."""
        attr = self.sets[set_name][name]
        nested = NLA_F_NESTED if attr["type"] == "nest" else 0
        return nla(attr["value"] | nested, self.encode(attr, text))

    def encode_nest(self, set_name, members):
        """A JSON object to attributes; of a list each member is one."""
        data = b""
        for name, value in members.items():
            for one in value if isinstance(value, list) else [value]:
                text = one if isinstance(one, str) else json.dumps(one)
                data += self.attribute(set_name, name, text)
        return data

    def decode(self, attr, data):
        """Bytes of an attribute to something JSON can say."""
        if attr["type"] == "string":
            return data.rstrip(b"\0").decode(errors="replace")
        if attr["type"] == "nest":
            return self.parse(attr["nested-attributes"], data)
        if attr["type"] == "binary":
            if attr["name"] in ADDRESSES and len(data) in (4, 16):
                return str(ipaddress.ip_address(data))
            return data.hex()
        order = "big" if attr.get("byte-order") == "big-endian" \
            else sys.byteorder
        value = int.from_bytes(data, order)
        names = self.entries(attr)
        if not names:
            return value
        if attr.get("enum-as-flags"):
            return [n for n, bit in names.items() if value & bit]
        return {v: n for n, v in names.items()}.get(value, value)

    def parse(self, set_name, data):
        """Attributes of one set to a dictionary."""
        by_value = {a["value"]: a for a in self.sets[set_name].values()}
        out = {}
        for kind, payload, _ in nlas(data):
            attr = by_value.get(kind)
            if attr is None:
                out["unknown-%d" % kind] = payload.hex()
            elif attr.get("multi-attr"):
                out.setdefault(attr["name"], []).append(
                    self.decode(attr, payload))
            elif attr["type"] != "pad":
                out[attr["name"]] = self.decode(attr, payload)
        return out

    def name_at(self, set_name, data, offset):
        """Name of the attribute that is there, a.b for one in another."""
        by_value = {a["value"]: a for a in self.sets[set_name].values()}
        for kind, payload, at in nlas(data):
            if not at <= offset < at + 4 + len(payload):
                continue
            attr = by_value.get(kind)
            name = attr["name"] if attr else "attribute %d" % kind
            if at == offset or not attr or attr["type"] != "nest":
                return name
            return name + "." + self.name_at(attr["nested-attributes"],
                                             payload, offset - at - 4)
        return "byte %d" % offset


class Family:
    """A generic netlink socket and the family on it."""

    def __init__(self, spec=None):
        self.spec = spec or Spec()
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        # A policy with thousands of classes is one message.
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self.sock.bind((0, 0))
        self.seq = 0
        self.ident = 0
        self.sent = b""
        self.groups = {}
        self.resolve()

    def close(self):
        """Let go of the namespace."""
        self.sock.close()

    def resolve(self):
        """Ask the controller for the family's number and its groups."""
        name = self.spec.name.encode() + b"\0"
        self.send(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK,
                  nla(CTRL_ATTR_FAMILY_NAME, name))
        for data in self.answers():
            for kind, payload, _ in nlas(data):
                if kind == CTRL_ATTR_FAMILY_ID:
                    self.ident = struct.unpack("=H", payload)[0]
                elif kind == CTRL_ATTR_MCAST_GROUPS:
                    for _, group, _ in nlas(payload):
                        attrs = {k: p for k, p, _ in nlas(group)}
                        text = attrs[CTRL_ATTR_MCAST_GRP_NAME]
                        self.groups[text.rstrip(b"\0").decode()] = \
                            struct.unpack("=I",
                                          attrs[CTRL_ATTR_MCAST_GRP_ID])[0]

    def send(self, ident, cmd, flags, payload):
        """Send one request."""
        self.seq += 1
        body = struct.pack("=BBH", cmd, 1, 0) + payload
        self.sent = struct.pack("=IHHII", 16 + len(body), ident,
                                NLM_F_REQUEST | flags, self.seq, 0) + body
        self.sock.send(self.sent)

    def messages(self):
        """Yield (type, flags, sequence, body) for ever."""
        while True:
            data = self.sock.recv(1 << 17)
            at = 0
            while at + 16 <= len(data):
                size, kind, flags, seq, _ = struct.unpack_from("=IHHII",
                                                               data, at)
                yield kind, flags, seq, data[at + 16:at + size]
                at += align(size)

    def answers(self):
        """Yield the attributes of each reply until the last one."""
        for kind, flags, seq, body in self.messages():
            if seq != self.seq:
                continue
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                code = struct.unpack_from("=i", body)[0] if body else 0
                if code:
                    raise NlError(self.explain(kind, code, flags, body))
                return
            if flags & NLM_F_DUMP_INTR:
                raise NlError("EINTR: the dump was interrupted, try again")
            yield body[4:]

    def explain(self, kind, code, flags, body):
        """Text of an error: errno's name, what extack says, and of what."""
        text = os.strerror(-code)
        skip = 4 if kind == NLMSG_DONE else 20
        if not flags & NLM_F_ACK_TLVS or len(body) <= skip:
            return text
        for attr, payload, _ in nlas(body[skip:]):
            if attr == NLMSGERR_ATTR_MSG:
                text += ": " + payload.rstrip(b"\0").decode()
            elif attr == NLMSGERR_ATTR_OFFS:
                text += " (in %s)" % self.name_at(
                    struct.unpack("=I", payload)[0])
        return text

    def name_at(self, offset):
        """Name of the attribute that is there in what was sent."""
        op = self.spec.by_number[self.sent[16]]
        return self.spec.name_at(op["attribute-set"], self.sent[REQUEST_HEAD:],
                                 offset - REQUEST_HEAD)

    def payload(self, name, values):
        """The attributes of a command as bytes."""
        op = self.spec.ops[name]
        attrs = self.spec.sets[op["attribute-set"]]
        payload = []
        for key, text in values:
            if key == "dev":
                key, text = "ifindex", str(socket.if_nametoindex(text))
            if key not in attrs:
                raise NlError("%s has no attribute %s" % (name, key))
            payload.append(self.spec.attribute(op["attribute-set"], key,
                                               text))
        return b"".join(payload)

    def request(self, name, values, dump=False):
        """Do a command; return the list of replies."""
        op = self.spec.ops[name]
        self.send(self.ident, op["value"], NLM_F_DUMP if dump else NLM_F_ACK,
                  self.payload(name, values))
        return [self.spec.parse(op["attribute-set"], data)
                for data in self.answers()]

    def join(self, groups):
        """Join multicast groups by name, all if none is named."""
        for name in groups or self.groups:
            self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                                 self.groups[name])

    def events(self):
        """Yield notifications as dictionaries, the command under "event"."""
        for kind, _, _, body in self.messages():
            op = self.spec.by_number.get(body[0]) if kind == self.ident \
                else None
            if op:
                yield dict({"event": op["name"]},
                           **self.spec.parse(op["attribute-set"], body[4:]))


def pairs(words):
    """name=value words to a list of pairs."""
    for word in words:
        if "=" not in word:
            raise NlError("%s is not name=value" % word)
    return [word.split("=", 1) for word in words]


def show(one):
    """One JSON object a line, at once."""
    print(json.dumps(one), flush=True)


def member(one, path):
    """A member as jq -r prints it."""
    for name in path.split("."):
        one = one.get(name) if one else None
    return one if isinstance(one, str) else json.dumps(one)


def do(family, argv):
    """Lines of one command or dump, or of a field of a command's reply."""
    if argv[0] == "field":
        return [member(one, argv[1])
                for one in family.request(argv[2], pairs(argv[3:]))]
    dump = argv[0] == "dump"
    return [json.dumps(one) for one in family.request(
        argv[dump], pairs(argv[dump + 1:]), dump)]


def enter(netns, libc=ctypes.CDLL(None, use_errno=True)):
    """Take this thread to a network namespace by name."""
    fd = os.open("/run/netns/" + netns, os.O_RDONLY)
    if libc.setns(fd, 0):
        raise OSError(ctypes.get_errno(), "setns " + netns)
    os.close(fd)


def answer(client, work):
    """Do what one client asks for.

    It sends lines: how many words, the place, the words. It gets lines that
    begin with "o" (output) or "e" (errors), and "x" with the status.
    """
    with contextlib.suppress(ConnectionError), client, \
            client.makefile("rw") as stream:
        words = int(stream.readline())
        place = stream.readline().rstrip("\n")
        argv = [stream.readline().rstrip("\n") for _ in range(words)]
        try:
            lines = ["o" + line for line in work(place, argv)] + ["x0"]
        except (NlError, OSError, KeyError, ValueError) as failure:
            lines = ["e%s: %s" % (os.path.basename(sys.argv[0]), failure),
                     "x1"]
        stream.write("".join(line + "\n" for line in lines))


def serve(port_file, work):
    """A thread for each client; a process would take longer to start.

    work(place, argv) gives lines.
    """
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    with open(port_file + ".new", "w", encoding="ascii") as port:
        port.write("%d\n" % server.getsockname()[1])
    os.rename(port_file + ".new", port_file)
    while True:
        client, _ = server.accept()
        threading.Thread(target=answer, args=(client, work),
                         daemon=True).start()


def serve_namespaces(port_file):
    """The place is a network namespace."""
    spec = Spec()

    def work(netns, argv):
        enter(netns)
        with contextlib.closing(Family(spec)) as family:
            return do(family, argv)

    serve(port_file, work)


def main(argv):
    """Command line."""
    if not argv or argv[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if argv else 2
    if argv[0] == "spec":
        show(load_spec())
        return 0
    if argv[0] == "serve":
        serve_namespaces(argv[1])
    family = Family()
    if argv[0] == "monitor":
        rest = argv[1:]
        count = -1
        if rest[:1] == ["-c"]:
            count = int(rest[1])
            rest = rest[2:]
        family.join(rest)
        print("listening", file=sys.stderr, flush=True)
        for event in family.events():
            show(event)
            count -= 1
            if count == 0:
                break
    elif argv[0] == "frames":
        family.request("frame-register", [["dev", argv[1]]])
        print("listening", file=sys.stderr, flush=True)
        for event in family.events():
            show(event)
    else:
        for line in do(family, argv):
            print(line)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (NlError, OSError) as error:
        print("genl.py: %s" % error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
