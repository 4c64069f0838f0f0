#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# authorize.py SOCKET TABLE: for nhrpd's "authorize" option. A registration is
# accepted if the table has the line "ADDRESS IDENTITY", when it is asked for.
import json, os, socketserver, sys


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            asked = json.loads(line)
            with open(sys.argv[2]) as table:
                ok = f"{asked['address']} {asked['identity']}\n" in table
            answer = {"id": asked["id"], "accept": ok, "reason": "see table"}
            self.wfile.write(json.dumps(answer).encode() + b"\n")


os.umask(0o177)
if os.path.exists(sys.argv[1]):
    os.unlink(sys.argv[1])
socketserver.ThreadingUnixStreamServer(sys.argv[1], Handler).serve_forever()
