#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# cloud-natt-many.sh with sixteen spokes behind one NAT address.
exec env DMVPN_NATTED=16 "$(dirname "$0")/cloud-natt-many.sh"
