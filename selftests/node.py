# SPDX-License-Identifier: GPL-2.0-or-later
"""Nodes whose SAs are put into the kernel by hand, for tests in python."""

import os

import genl

# Cipher, integrity, bytes of their keys and of the ICV.
SUITES = [("rfc4106(gcm(aes))", None, 20, 0, 16),
          ("cbc(aes)", "hmac(sha256)", 32, 32, 16),
          ("rfc7539esp(chacha20,poly1305)", None, 36, 0, 16),
          ("cbc(aes)", "hmac(sha1)", 16, 20, 12)]


class Node:
    """A namespace. Names of attributes have _ for - here."""

    def __init__(self, netns, address, spec):
        genl.enter(netns)
        self.family = genl.Family(spec)
        self.netns, self.address = netns, address

    def ask(self, command, **values):
        """One command."""
        return self.family.request(command, [
            [name.replace("_", "-"), str(value)]
            for name, value in values.items()])

    def new_spi(self, remote):
        """An SPI of ours, for what comes from there."""
        return self.ask("sa-alloc-spi", local=self.address,
                        remote=remote)[0]["spi"]

    def add(self, direction, spi, remote, key, **more):
        """An SA."""
        self.ask("sa-new", spi=spi, dir=direction, local=self.address,
                 remote=remote, mode="transport", profile="DMVPN", **key,
                 **more)

    def drop(self, direction, spi, remote):
        """An SA goes."""
        end = {"local": self.address} if direction == "in" else \
            {"remote": remote}
        self.ask("sa-del", spi=spi, dir=direction, **end)

    def use(self, spi, remote):
        """Send through it from now on."""
        self.ask("sa-set", spi=spi, dir="out", remote=remote, standby=0)

    def heard(self, spi):
        """Did a packet come through the SA?"""
        return self.ask("sa-get", spi=spi, dir="in",
                        local=self.address)[0]["packets"] > 0


def new_key(suite):
    """Attributes of one SA's algorithms."""
    cipher, auth, cipher_len, auth_len, icv = suite
    key = {"cipher": cipher, "cipher_key": os.urandom(cipher_len).hex(),
           "icv_len": icv}
    if auth:
        key.update(auth=auth, auth_key=os.urandom(auth_len).hex())
    return key
