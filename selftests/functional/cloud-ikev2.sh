#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# core
# sid
# The reference cloud with IKEv2; see ../cloud-checks.sh.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"
. "$SELFTESTS/cloud-checks.sh"

cloud_checks 2
