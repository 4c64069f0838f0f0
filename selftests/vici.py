#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Talk to charons by their VICI sockets, from a process that is there already:
swanctl takes half a second to start on an emulated processor.

  vici.py serve FILE    do for whoever connects to the port on 127.0.0.1 written
                        to FILE what it asks for, see genl.py: where the socket
                        is, and the words of a command

  list-sas [KEY=VALUE...]  a line for each IKE_SA: "ike", its connection, its
                        number, its state; one for each thing that it is about
                        to do, or in the midst of: "task", its name; and one
                        for each CHILD_SA: "child", its number, its outbound SPI
  COMMAND [KEY=VALUE...]  any that has one answer, as rekey or terminate; fails
                        as charon says

Messages are as in strongSwan's README of the vici plugin.
"""

import contextlib
import socket
import struct
import sys

import genl

CMD_REQUEST, CMD_RESPONSE, EVENT_REGISTER, EVENT_CONFIRM, EVENT = 0, 1, 3, 5, 7
SECTION_START, SECTION_END, KEY_VALUE, LIST_START, LIST_ITEM, LIST_END = \
    1, 2, 3, 4, 5, 6


def named(kind, name):
    """What begins a packet or an element that has a name."""
    return bytes([kind, len(name)]) + name.encode()


def message(words):
    """KEY=VALUE words as a message."""
    data = b""
    for key, value in genl.pairs(words):
        data += named(KEY_VALUE, key)
        data += struct.pack("!H", len(value)) + value.encode()
    return data


class Reader:
    """Takes a message to pieces."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, length):
        """So many bytes as text."""
        self.at += length
        return self.data[self.at - length:self.at].decode(errors="replace")

    def name(self):
        """A name, or any text with a length of a byte."""
        length = self.data[self.at]
        self.at += 1
        return self.take(length)

    def value(self):
        """Text with a length of two bytes."""
        length, = struct.unpack_from("!H", self.data, self.at)
        self.at += 2
        return self.take(length)

    def section(self):
        """All until the section's end: dicts, lists and texts."""
        found = {}
        while self.at < len(self.data):
            kind = self.data[self.at]
            self.at += 1
            if kind == SECTION_END:
                break
            key = self.name()
            if kind == SECTION_START:
                found[key] = self.section()
            elif kind == LIST_START:
                found[key] = self.items()
            elif kind == KEY_VALUE:
                found[key] = self.value()
        return found

    def items(self):
        """All until the list's end."""
        found = []
        while self.data[self.at] == LIST_ITEM:
            self.at += 1
            found.append(self.value())
        self.at += 1
        return found


class Charon:
    """One connection."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(path)
        self.stream = self.sock.makefile("rb")

    def close(self):
        """The end of it."""
        self.stream.close()
        self.sock.close()

    def send(self, packet):
        """One packet."""
        self.sock.sendall(struct.pack("!I", len(packet)) + packet)

    def receive(self):
        """A packet's kind and its message."""
        head = self.stream.read(4)
        if len(head) < 4:
            raise OSError("charon has closed its socket")
        packet = self.stream.read(struct.unpack("!I", head)[0])
        reader = Reader(packet)
        reader.at = 1
        if packet[0] == EVENT:
            reader.name()
        return packet[0], reader.section()

    def request(self, command, words, event=None):
        """The answer, and what was told in events before it."""
        events = []
        if event:
            self.send(named(EVENT_REGISTER, event))
            if self.receive()[0] != EVENT_CONFIRM:
                raise OSError("charon knows of no event %s" % event)
        self.send(named(CMD_REQUEST, command) + message(words))
        while True:
            kind, told = self.receive()
            if kind == CMD_RESPONSE:
                return told, events
            if kind != EVENT:
                raise OSError("charon knows of no command %s" % command)
            events.append(told)


def lines_of(events):
    """A line for each IKE_SA, and for each of its tasks and CHILD_SAs."""
    for event in events:
        for connection, ike in event.items():
            yield "ike %s %s %s" % (connection, ike["uniqueid"], ike["state"])
            for queue in "queued", "active", "passive":
                for task in ike.get("tasks-" + queue, []):
                    yield "task " + task
            for child in ike.get("child-sas", {}).values():
                yield "child %s %s" % (child["uniqueid"],
                                       child.get("spi-out", "0"))


def do(path, argv):
    """The lines that a command gives."""
    with contextlib.closing(Charon(path)) as charon:
        if argv[0] == "list-sas":
            return list(lines_of(charon.request(argv[0], argv[1:],
                                                "list-sa")[1]))
        told = charon.request(argv[0], argv[1:])[0]
        if told.get("success") == "no":
            raise OSError("%s: %s" % (argv[0], told.get("errmsg")))
        return []


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "serve":
        print(__doc__)
        sys.exit(2)
    genl.serve(sys.argv[2], do)
