#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Generate the uapi header and the kernel's netlink policies from dmvpn.yaml.
# usage: KSRC=/path/to/linux-source regen.sh
# The generator is the kernel's own (tools/net/ynl, Linux 7.0 or later). It
# wants a kernel tree around the spec, so a temporary one is made.
set -euo pipefail

ksrc=${KSRC:?set KSRC to an unpacked linux-source of 7.0 or later}
top=$(cd "$(dirname "$0")/../.." && pwd)
gen=$(find "$ksrc/tools/net/ynl" -name 'ynl-gen-c.py' -o -name 'ynl_gen_c.py' |
	head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/Documentation/netlink/specs"
touch "$work/MAINTAINERS"
cp "$ksrc"/Documentation/netlink/*.yaml "$work/Documentation/netlink/"
spec=$work/Documentation/netlink/specs/dmvpn.yaml
cp "$top/Documentation/netlink/specs/dmvpn.yaml" "$spec"

generate() { # MODE --header|--source OUTPUT
	(cd "$work" && python3 "$gen" --mode "$1" "$2" --spec "$spec" \
		-o "$top/$3")
}
generate uapi --header include/uapi/linux/dmvpn.h
generate kernel --header kmod/netlink-gen.h
generate kernel --source kmod/netlink-gen.c

# The groups stand in netlink.c, with the permission flags that the generator
# does not know.
sed -i '/_nl_mcgrps\[\]/,/^};/d' "$top/kmod/netlink-gen.c"
sed -i -e :a -e '/^\n*$/{$d;N;ba' -e '}' "$top/kmod/netlink-gen.c"
