#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Send what is not the network's to write to, and look that nobody did.

Reads commands, one a line, and answers each with a line, "ok" or what is
wrong.

  watch NETNS DEV clear|cipher
        keep the packets of a device, until the end of each command that sends.
        What the kernel hands to a packet socket shares its bytes with the
        packet that goes on; here all of them must be as they were sent, or
        hold nothing of what was sent in clear.
  unwatch
        no more
  send NETNS METHOD NETNS ADDRESS
        from the one namespace to the other; METHOD is below
  merged
        "ok" if a watched device saw a packet larger than its MTU since then
  hold NETNS DEV NETNS ADDRESS PORT COUNT
        send datagrams, and keep the ESP in UDP that comes to the device, where
        it is dropped, in a file
  inject NETNS ADDRESS PORT NETNS ADDRESS
        splice this file to the UDP port; the datagrams must arrive
  forge NETNS ADDRESS PORT
        splice it once more, with numbers that are ahead: nothing is authentic
"""

import ctypes
import mmap
import os
import select
import socket
import struct
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                ".."))
from genl import enter  # noqa: E402

CANARY = b"CANARY-in-clear!"
SIZE = 32 * 4096 + 123
DATA = b"".join(CANARY + b"%08d" % n for n in range(SIZE // 24 + 1))[:SIZE]
PORT = 7001
PAGE = 4096
MTU = 1400
ETH_P_ALL, ETH_P_IP = 3, 0x800
SO_RCVBUFFORCE, SO_ZEROCOPY = 33, 60
UDP_SEGMENT = 103
MSG_ZEROCOPY, MSG_ERRQUEUE = 0x4000000, 0x2000
SO_EE_ORIGIN_ZEROCOPY = 5
PATIENCE = 20 * int(os.environ.get("DMVPN_SLOW", 1))  # seconds
LIBC = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """Something is not as it must be."""


def socket_in(netns, *what):
    """A socket in a namespace, with room, that does not wait for ever."""
    enter(netns)
    sock = socket.socket(*what)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 25)
    for option in socket.SO_RCVTIMEO, socket.SO_SNDTIMEO:
        sock.setsockopt(socket.SOL_SOCKET, option,
                        struct.pack("ll", PATIENCE, 0))
    return sock


# ---- what is sent ----

class File:
    """A file whose pages go into packets."""

    def __init__(self, data):
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(data)
        self.name, self.data = file.name, data
        self.fd = os.open(self.name, os.O_RDONLY)
        self.pipe = os.pipe()

    def sendfile(self, sock, at, size):
        """sendfile(2)"""
        while size:
            sent = os.sendfile(sock.fileno(), self.fd, at, size)
            at, size = at + sent, size - sent

    def splice(self, sock, at, size):
        """splice(2), by way of a pipe"""
        while size:
            moved = os.splice(self.fd, self.pipe[1], min(size, 16 * PAGE),
                              offset_src=at)
            at, size = at + moved, size - moved
            while moved:
                moved -= os.splice(self.pipe[0], sock.fileno(), moved)

    def check(self):
        """As another process sees it."""
        with open(self.name, "rb") as file, \
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pages:
            if pages[:] != self.data:
                raise Failed("the file was written to")

    def close(self):
        """And delete it."""
        os.unlink(self.name)
        for fd in self.fd, *self.pipe:
            os.close(fd)


class Memory:
    """Memory whose pages go into packets."""

    def __init__(self, data):
        self.pages = mmap.mmap(-1, len(data))
        self.pages[:] = data
        self.data = data
        self.pipe = os.pipe()
        self.calls = self.done = 0

    def vmsplice(self, sock, at, size):
        """vmsplice(2), by way of a pipe"""
        start = ctypes.addressof(ctypes.c_char.from_buffer(self.pages))
        while size:
            vector = struct.pack("PN", start + at, min(size, 8 * PAGE))
            moved = LIBC.vmsplice(self.pipe[1], vector, 1, 0)
            if moved < 0:
                raise OSError(ctypes.get_errno(), "vmsplice")
            at, size = at + moved, size - moved
            while moved:
                moved -= os.splice(self.pipe[0], sock.fileno(), moved)

    def zerocopy(self, sock, at, size):
        """MSG_ZEROCOPY, up to the end of it"""
        sock.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
        view = memoryview(self.pages)[at:at + size]
        while view:
            sent = sock.send(view, MSG_ZEROCOPY)
            view = view[sent:]
            self.calls += 1
            while self.calls - self.done > 8:
                self.complete(sock)
        while self.done < self.calls:
            self.complete(sock)

    def complete(self, sock):
        """Wait for the kernel to give pages back.

        What a watcher has not taken yet may hold some.
        """
        poll = select.poll()
        poll.register(sock, select.POLLERR)
        end = time.monotonic() + PATIENCE
        while not poll.poll(100):
            for watcher in WATCHERS:
                watcher.take()
            if time.monotonic() > end:
                raise Failed("the kernel keeps the memory")
        for _, _, data in sock.recvmsg(1, 256, MSG_ERRQUEUE)[1]:
            _, origin, _, _, _, low, high = struct.unpack_from("=IBBBBII",
                                                               data)
            if origin != SO_EE_ORIGIN_ZEROCOPY:
                raise Failed("an error instead of a completion")
            self.done += high - low + 1

    def check(self):
        """After the kernel has let it go."""
        if self.pages[:] != self.data:
            raise Failed("memory was written to")

    def close(self):
        """Python frees the pages."""
        for fd in self.pipe:
            os.close(fd)


# ---- how it is sent ----

def tcp(source, way, here, there, address):
    """All of it through a connection."""
    listener = socket_in(there, socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, PORT))
    listener.listen()
    sender = socket_in(here, socket.AF_INET, socket.SOCK_STREAM)
    sender.connect((address, PORT))
    receiver, _ = listener.accept()
    came = []
    reader = threading.Thread(target=read_all, args=(receiver, came))
    reader.start()
    try:
        way(source, sender, 0, SIZE)
        sender.shutdown(socket.SHUT_WR)
    finally:
        reader.join()
        for sock in listener, sender, receiver:
            sock.close()
    if b"".join(came) != DATA:
        raise Failed("something else arrived")


def read_all(sock, came):
    """Until it ends."""
    try:
        while chunk := sock.recv(1 << 20):
            came.append(chunk)
    except OSError as error:
        print(error, file=sys.stderr)


def udp(size, segment=0):
    """As datagrams of one size; with segment, the kernel cuts each up."""
    def send(source, way, here, there, address):
        receiver = socket_in(there, socket.AF_INET, socket.SOCK_DGRAM)
        receiver.bind((address, PORT))
        sender = socket_in(here, socket.AF_INET, socket.SOCK_DGRAM)
        sender.connect((address, PORT))
        if segment:
            sender.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, segment)
        try:
            for at in range(0, min(SIZE, 20 * size), size):
                want = DATA[at:at + size]
                way(source, sender, at, len(want))
                came = b""
                while len(came) < len(want):
                    came += receiver.recv(65535)
                if came != want:
                    raise Failed("another datagram arrived")
        finally:
            sender.close()
            receiver.close()
    return send


METHODS = {
    "sendfile": (File, File.sendfile, tcp),
    "splice": (File, File.splice, tcp),
    "vmsplice": (Memory, Memory.vmsplice, tcp),
    "zerocopy": (Memory, Memory.zerocopy, tcp),
    "udp-sendfile": (File, File.sendfile, udp(1200)),
    "udp-splice": (File, File.splice, udp(1200)),
    "udp-zerocopy": (Memory, Memory.zerocopy, udp(1200)),
    "udp-fragments-splice": (File, File.splice, udp(5000)),
    "udp-fragments-zerocopy": (Memory, Memory.zerocopy, udp(5000)),
    "udp-segments-zerocopy": (Memory, Memory.zerocopy, udp(12000, 1200)),
}


# ---- who else sees it ----

class Watcher:
    """The packets of a device."""

    def __init__(self, netns, dev, kind):
        self.sock = socket_in(netns, socket.AF_PACKET, socket.SOCK_DGRAM,
                              socket.htons(ETH_P_ALL))
        self.sock.bind((dev, ETH_P_ALL))
        self.sock.setblocking(False)
        self.name, self.kind = "%s's %s" % (netns, dev), kind
        self.largest = 0
        self.packets = []
        self.kept()

    def take(self):
        """What came, out of the kernel."""
        try:
            while True:
                self.packets.append(self.sock.recv(70000))
        except BlockingIOError:
            pass

    def kept(self):
        """What came since the last time."""
        self.take()
        packets, self.packets = self.packets, []
        return packets

    def check(self):
        """All that was kept, now that it has gone its way."""
        seen = 0
        for packet in self.kept():
            if self.kind == "cipher":
                seen += packet[9] in (socket.IPPROTO_ESP, socket.IPPROTO_UDP)
                if CANARY in packet:
                    raise Failed("%s was decrypted in place" % self.name)
                continue
            data = inner(packet)
            self.largest = max(self.largest, len(packet))
            seen += len(data)
            if data not in DATA:
                raise Failed("what %s showed was changed" % self.name)
        if not seen:
            raise Failed("%s has shown nothing" % self.name)


def inner(packet):
    """Payload of TCP and UDP over IPv4, fragments included."""
    if packet[0] >> 4 != 4 or packet[9] not in (6, 17):
        return b""
    size = struct.unpack_from("!H", packet, 2)[0]
    # A super-packet beyond 64 KiB would have no size; there is none here.
    data = packet[(packet[0] & 15) * 4:size]
    if struct.unpack_from("!H", packet, 6)[0] & 0x1fff:
        return data
    return data[8:] if packet[9] == 17 else data[(data[12] >> 4) * 4:]


WATCHERS = []


def watch(*args):
    """One more."""
    WATCHERS.append(Watcher(*args))


def unwatch():
    """None."""
    while WATCHERS:
        WATCHERS.pop().sock.close()


def merged():
    """GRO did something."""
    largest = max(watcher.largest for watcher in WATCHERS)
    if largest <= MTU:
        raise Failed("the largest packet had %d bytes" % largest)


def send(here, method, there, address):
    """One method, and all that is to be looked at."""
    kind, way, transport = METHODS[method]
    source = kind(DATA)
    try:
        transport(source, way, here, there, address)
        source.check()
        for watcher in WATCHERS:
            watcher.check()
    finally:
        source.close()


# ---- a file that is ESP in UDP ----

HELD = []  # one datagram's UDP payload each


def hold(at, dev, here, address, port, count):
    """Datagrams of 1000 bytes, whose ESP does not get beyond a device."""
    watcher = Watcher(at, dev, "cipher")
    sender = socket_in(here, socket.AF_INET, socket.SOCK_DGRAM)
    del HELD[:]
    end = time.monotonic() + PATIENCE
    for number in range(int(count)):
        sender.sendto(DATA[number * 1000:][:1000], (address, int(port)))
    while len(HELD) < int(count) and time.monotonic() < end:
        HELD.extend(packet[28:] for packet in watcher.kept()
                    if packet[9] == socket.IPPROTO_UDP)
        time.sleep(0.01)
    watcher.sock.close()
    sender.close()
    if len(HELD) != int(count):
        raise Failed("%d of %s packets came by" % (len(HELD), count))


def splice_held(here, address, port, packets):
    """A page of a file for each; returns the file."""
    file = File(b"".join(one.ljust(PAGE, b"\0") for one in packets))
    sender = socket_in(here, socket.AF_INET, socket.SOCK_DGRAM)
    sender.connect((address, int(port)))
    for number, one in enumerate(packets):
        file.splice(sender, number * PAGE, len(one))
    sender.close()
    return file


def inject(here, address, port, there, inner_address, inner_port):
    """They are authentic, so what is inside arrives."""
    receiver = socket_in(there, socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind((inner_address, int(inner_port)))
    file = splice_held(here, address, port, HELD)
    try:
        came = [receiver.recv(65535) for _ in HELD]
        file.check()
    finally:
        receiver.close()
        file.close()
    if came != [DATA[n * 1000:][:1000] for n in range(len(HELD))]:
        raise Failed("something else arrived")


def forge(here, address, port):
    """Their numbers are ahead, and so their ICVs are wrong."""
    forged = []
    for one in HELD:
        spi, number = struct.unpack_from("!II", one)
        forged.append(struct.pack("!II", spi, number + 5000) + one[8:])
    file = splice_held(here, address, port, forged)
    time.sleep(0.2)
    try:
        file.check()
    finally:
        file.close()


COMMANDS = {"watch": watch, "unwatch": unwatch, "merged": merged,
            "send": send, "hold": hold, "inject": inject, "forge": forge}


def main():
    """One command after the other, until there are no more."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    for line in sys.stdin:
        name, *words = line.split()
        try:
            COMMANDS[name](*words)
            answer = "ok"
        except Exception as error:  # pylint: disable=broad-except
            traceback.print_exc()
            answer = "%s: %s" % (type(error).__name__, error)
        # Whoever is in a namespace goes with it.
        LIBC.setns(home, 0)
        print(answer, flush=True)


if __name__ == "__main__":
    main()
