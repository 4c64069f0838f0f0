#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# ike-proposals.sh with every exchange that the charon at hand has.
exec env DMVPN_MATRIX=full "$(dirname "$0")/ike-proposals.sh"
