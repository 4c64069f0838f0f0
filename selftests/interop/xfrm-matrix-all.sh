#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# xfrm-matrix.sh with every combination there is.
exec env DMVPN_MATRIX=full "$(dirname "$0")/xfrm-matrix.sh"
