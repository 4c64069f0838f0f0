#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ESP by scapy, to check the module's.

Reads commands, one a line, and answers each with a line, "ok" or what is
wrong: loading scapy takes long on an emulated processor.

  decode FILE SPI SUITE CIPHER_KEY AUTH_KEY GRE_KEY SRC DST COUNT
        decrypt a capture; COUNT datagrams from SRC to DST, each of another
        size, must be inside
  encode SRC DST SPI SUITE CIPHER_KEY AUTH_KEY GRE_KEY INNER_SRC INNER_DST PORT
        COUNT
        send COUNT datagrams in GRE in ESP

Keys are in hex, - for none. SUITE is a name of pair.sh, with +esn behind it for
extended sequence numbers.
"""

import sys
import traceback

from scapy.config import conf
conf.ipv6_enabled = False
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.ipsec import ESP, SecurityAssociation  # noqa: E402
from scapy.layers.l2 import GRE, Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402
from scapy.sendrecv import send  # noqa: E402
from scapy.utils import rdpcap  # noqa: E402

ALGORITHMS = {
    "cbc-sha1": ("AES-CBC", "HMAC-SHA1-96"),
    "cbc256-sha512": ("AES-CBC", "SHA2-512-256"),
    "gcm128": ("AES-GCM", None),
    "ccm256-12": ("AES-CCM", None),
    "chacha": ("CHACHA20-POLY1305", None),
}
ICV_SIZES = {"ccm256-12": 12}


def association(spi, suite, cipher_key, auth_key, seq=1):
    """The SA as scapy has it."""
    suite, _, esn = suite.partition("+")
    cipher, auth = ALGORITHMS[suite]
    return SecurityAssociation(
        ESP, spi=int(spi), seq_num=seq, crypt_algo=cipher,
        crypt_key=bytes.fromhex(cipher_key), auth_algo=auth,
        auth_key=bytes.fromhex(auth_key) if auth else None,
        crypt_icv_size=ICV_SIZES.get(suite), esn_en=bool(esn))


def decode(name, spi, suite, cipher_key, auth_key, gre_key, src, dst, count):
    """Every packet must decrypt, with sequence numbers that rise by one."""
    sa = association(spi, suite, cipher_key, auth_key)
    numbers = []
    sizes = set()
    for frame in rdpcap(name):
        outer = IP(bytes(frame[Ether].payload))
        if outer[ESP].spi != int(spi):
            continue
        numbers.append(outer[ESP].seq)
        plain = sa.decrypt(outer)
        gre = GRE(bytes(plain.payload))
        assert plain.proto == 47, plain.proto
        assert gre.key_present and gre.key == int(gre_key), gre.summary()
        inner = gre[IP]
        assert (inner.src, inner.dst) == (src, dst), inner.summary()
        assert inner[UDP].dport == 7 and len(inner) == inner.len
        sizes.add(inner.len)
    assert numbers == list(range(numbers[0], numbers[0] + int(count))), numbers
    assert len(sizes) == int(count), sizes


def encode(src, dst, spi, suite, cipher_key, auth_key, gre_key, inner_src,
           inner_dst, port, count):
    """Sequence numbers start well ahead of what the kernel has sent."""
    sa = association(spi, suite, cipher_key, auth_key, 1000)
    for size in range(int(count)):
        plain = IP(src=src, dst=dst) / \
            GRE(key_present=1, key=int(gre_key), proto=0x800) / \
            IP(src=inner_src, dst=inner_dst) / \
            UDP(sport=7, dport=int(port)) / Raw(b"x" * size)
        send(sa.encrypt(IP(bytes(plain))), verbose=False)


COMMANDS = {"decode": decode, "encode": encode}


def main():
    """One command after the other, until there are no more."""
    for line in sys.stdin:
        words = ["" if word == "-" else word for word in line.split()]
        try:
            COMMANDS[words[0]](*words[1:])
            print("ok", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            traceback.print_exc()
            print("failed: %r" % error, flush=True)


if __name__ == "__main__":
    main()
