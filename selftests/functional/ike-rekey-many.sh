#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# long
# no-debug
# ike-rekey.sh with seven rekeyings, one of each kind, for each version and loss,
# or as many as DMVPN_IKE_REKEYS says: 100 make 600, and take longer than the
# limit of a test.
exec env DMVPN_IKE_REKEYS="${DMVPN_IKE_REKEYS:-7}" "$(dirname "$0")/ike-rekey.sh"
