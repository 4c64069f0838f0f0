#!/usr/bin/env -S python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make instances of ciphers through the kernel's NETLINK_CRYPTO.

  cryptouser.py add DRIVER PRIORITY   a driver by name, as "pcrypt(...)", which
                                      is taken for its cipher from now on
  cryptouser.py del DRIVER
  cryptouser.py best CIPHER           driver that would be taken, as
                                      /proc/crypto has it

For AEAD ciphers only.
"""

import os
import socket
import struct
import sys

NETLINK_CRYPTO = 21
CRYPTO_MSG_NEWALG, CRYPTO_MSG_DELALG = 0x10, 0x11
CRYPTOCFGA_PRIORITY_VAL = 1
CRYPTO_ALG_TYPE_AEAD, CRYPTO_ALG_TYPE_MASK = 3, 0xf
NLM_F_REQUEST_ACK = 5


def request(kind, driver, attrs=b""):
    """Send one request and raise what the kernel answers."""
    body = struct.pack("=64s64s64sIIII", b"", driver.encode(), b"",
                       CRYPTO_ALG_TYPE_AEAD, CRYPTO_ALG_TYPE_MASK, 0, 0) + attrs
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                       NETLINK_CRYPTO) as sock:
        sock.bind((0, 0))
        sock.send(struct.pack("=IHHII", 16 + len(body), kind,
                              NLM_F_REQUEST_ACK, 1, 0) + body)
        code = struct.unpack_from("=i", sock.recv(65536), 16)[0]
    if code:
        sys.exit("%s: %s" % (driver, os.strerror(-code)))


def add(driver, priority):
    """Make an instance."""
    request(CRYPTO_MSG_NEWALG, driver,
            struct.pack("=HHI", 8, CRYPTOCFGA_PRIORITY_VAL, int(priority)))


def delete(driver):
    """Take an instance away that nobody uses."""
    request(CRYPTO_MSG_DELALG, driver)


def best(cipher):
    """Name of the driver that has priority."""
    found = []
    with open("/proc/crypto", encoding="ascii") as file:
        for entry in file.read().split("\n\n"):
            fields = dict(line.split(":", 1) for line in entry.splitlines()
                          if ":" in line)
            fields = {k.strip(): v.strip() for k, v in fields.items()}
            if fields.get("name") == cipher and \
                    fields.get("internal") == "no":
                found.append((int(fields["priority"]), fields["driver"]))
    if not found:
        sys.exit("no driver for %s is loaded" % cipher)
    print(max(found)[1])


if __name__ == "__main__":
    COMMANDS = {"add": add, "del": delete, "best": best}
    if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])
