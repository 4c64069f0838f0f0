#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small certificate authority for tests.

pki.py DIR ca NAME rsa|ecdsa          DIR/NAME.ca.pem and its key
pki.py DIR issue CA NODE rsa|ecdsa    DIR/NODE.pem, DIR/NODE.key.pem
pki.py DIR revoke CA NODE...          DIR/CA.crl: those nodes are out

Keys are RSA with 2048 bits or ECDSA with P-256. Certificates begin an hour
ago, for clocks that differ, and have the node's name as subjectAltName (DNS).
"""
import datetime
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR


def new_key(kind):
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def write_key(path, key):
    path.write_bytes(key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption()))


def read_key(path):
    return serialization.load_pem_private_key(path.read_bytes(), None)


def read_cert(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def builder(subject, issuer, key):
    return (x509.CertificateBuilder()
            .subject_name(subject).issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - HOUR).not_valid_after(NOW + DAY))


def write_cert(path, cert):
    path.write_bytes(cert.public_bytes(serialization.Encoding.PEM))


def make_ca(folder, ca, kind):
    key = new_key(kind)
    cert = (builder(name(ca), name(ca), key)
            .add_extension(x509.BasicConstraints(True, 0), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
                critical=False)
            .sign(key, hashes.SHA256()))
    write_key(folder / f"{ca}.ca.key.pem", key)
    write_cert(folder / f"{ca}.ca.pem", cert)


def issue(folder, ca, node, kind):
    key = new_key(kind)
    ca_key = read_key(folder / f"{ca}.ca.key.pem")
    ca_cert = read_cert(folder / f"{ca}.ca.pem")
    cert = (builder(name(node), ca_cert.subject, key)
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(node)]),
                critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    ca_key.public_key()), critical=False)
            .sign(ca_key, hashes.SHA256()))
    write_key(folder / f"{node}.key.pem", key)
    write_cert(folder / f"{node}.pem", cert)


def revoke(folder, ca, *nodes):
    ca_key = read_key(folder / f"{ca}.ca.key.pem")
    ca_cert = read_cert(folder / f"{ca}.ca.pem")
    crl = (x509.CertificateRevocationListBuilder()
           .issuer_name(ca_cert.subject)
           .last_update(NOW - HOUR).next_update(NOW + DAY)
           .add_extension(
               x509.AuthorityKeyIdentifier.from_issuer_public_key(
                   ca_key.public_key()), critical=False)
           .add_extension(x509.CRLNumber(len(nodes) + 1), critical=False))
    for node in nodes:
        crl = crl.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(read_cert(folder / f"{node}.pem").serial_number)
            .revocation_date(NOW - HOUR).build())
    (folder / f"{ca}.crl").write_bytes(
        crl.sign(ca_key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    commands = {"ca": make_ca, "issue": issue, "revoke": revoke}
    commands[sys.argv[2]](Path(sys.argv[1]), *sys.argv[3:])


if __name__ == "__main__":
    main()
