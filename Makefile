# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make [all]	modules, userspace and plugin
#   make modules	dmvpn.ko for the kernel KVER (the running one), headers in KDIR
#   make userspace	nhrpd, dmvpnctl and the plugins of ip(8) and tc(8)
#   make iplink	the plugins of ip(8) and tc(8) alone
#   make plugin	the plugin of charon; STRONGSWAN_SRC is strongSwan's source
#   make install	what was built, below DESTDIR
#   make uninstall	takes it away again
#   make dkms-install	the module by DKMS, for every kernel with headers
#   make dkms-uninstall
#   make check-packages	Debian packages: built, installed, upgraded, removed in
#		clean systems of bookworm and trixie, used in virtual machines
#   make unit	unit tests on this machine
#   make sim	clouds of nhrpd in one process, on this machine
#   make check	the tests, most of them in virtual machines
#   make check-long	those that look closer at the data path
#   make check-debug	more of the kernel's on a debug kernel, which is built
#		first; takes hours
#   make fuzz-build	programs for fuzzing, with clang, in O/fuzz
#   make check-fuzz	let them run in the lab's root, ten minutes together
#   make bench	what packets cost, in virtual machines; BENCH has options of
#		selftests/perf/bench
#   make bench-nhrp	how many spokes nhrpd serves, beside FRR's; BENCH has options
#		of selftests/perf/nhrp
#   make bench-ike	how many sessions a hub's charon answers; BENCH has options of
#		selftests/perf/ike
#   make demo	the reference cloud in a virtual machine; SHELL=1 ends in a
#		shell in it, DEMO_IKE=2 takes IKEv2
#   make clean
#
# Output goes to O, build/ unless set.

TOP := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
O ?= $(TOP)/build
override O := $(abspath $(O))
PREFIX ?= /usr
KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
STRONGSWAN_SRC ?= /usr/src/strongswan
DEMO_IKE ?= 1

# SHELL=1 on the command line of "make demo" is a wish, not make's shell.
ifeq ($(origin SHELL),command line)
DEMO_SHELL := $(SHELL)
override SHELL := /bin/sh
endif

include $(TOP)/install.mk

SUB := DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

all: modules userspace plugin

# Kbuild leaves its output beside the sources, so it gets copies of them.
# Copies of sources that are gone would still be found by #include. Copies have
# times of their own: what is edited while this runs is newer than all objects,
# the next time. Our O is not Kbuild's.
modules:
	@mkdir -p $(O)/kmod
	@cp -Ru $(TOP)/kmod $(TOP)/include $(O)/
	@cd $(O)/kmod && find . -name '*.[ch]' ! -name '*.mod.c' | \
		while read -r f; do test -e $(TOP)/kmod/$$f || rm $$f; done
	$(MAKE) -C $(KDIR) O=$(KDIR) M=$(O)/kmod $(KBUILD_ARGS) modules

userspace:
	$(MAKE) -C $(TOP)/userspace O=$(O)/userspace $(SUB) all

iplink:
	$(MAKE) -C $(TOP)/userspace O=$(O)/userspace $(SUB) iplink

plugin:
	$(MAKE) -C $(TOP)/charon-plugin O=$(O)/charon-plugin $(SUB) \
		STRONGSWAN_SRC=$(STRONGSWAN_SRC) all

install: install-modules install-userspace install-plugin

module_files := \
	644:$(O)/kmod/dmvpn.ko:/lib/modules/$(KVER)/updates/dmvpn.ko

install-modules: modules
	$(call put,$(module_files))
	test -n "$(DESTDIR)" || depmod $(KVER)

install-userspace:
	$(MAKE) -C $(TOP)/userspace O=$(O)/userspace $(SUB) install

install-iplink:
	$(MAKE) -C $(TOP)/userspace O=$(O)/userspace $(SUB) install-iplink

install-plugin:
	$(MAKE) -C $(TOP)/charon-plugin O=$(O)/charon-plugin $(SUB) \
		STRONGSWAN_SRC=$(STRONGSWAN_SRC) install

uninstall:
	$(call take,$(module_files))
	test -n "$(DESTDIR)" || depmod $(KVER)
	$(MAKE) -C $(TOP)/userspace O=$(O)/userspace $(SUB) uninstall
	$(MAKE) -C $(TOP)/charon-plugin O=$(O)/charon-plugin $(SUB) uninstall

# The module of every kernel that is installed, and of those to come.
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' $(TOP)/dkms.conf)
dkms_sources := $(TOP)/dkms.conf $(TOP)/Kbuild $(TOP)/kmod $(TOP)/include

dkms-install:
	if dkms status dmvpn/$(VERSION) | grep -q .; then \
		$(MAKE) dkms-uninstall; \
	fi
	mkdir -p /usr/src/dmvpn-$(VERSION)
	cp -R $(dkms_sources) /usr/src/dmvpn-$(VERSION)/
	dkms add dmvpn/$(VERSION)
	set -e; for build in /lib/modules/*/build; do \
		kernel=$${build%/build}; \
		dkms install dmvpn/$(VERSION) -k $${kernel##*/}; \
	done

dkms-uninstall:
	dkms remove dmvpn/$(VERSION) --all
	rm -rf /usr/src/dmvpn-$(VERSION)

unit:
	$(MAKE) -C $(TOP)/selftests/unit O=$(O)/unit check

sim:
	$(MAKE) -C $(TOP)/selftests/sim O=$(O)/sim check

check:
	$(TOP)/selftests/check -o $(O)/check

check-long:
	$(TOP)/selftests/check -o $(O)/check-long long

check-debug:
	$(TOP)/selftests/check -o $(O)/check-debug debug

fuzz-build:
	$(MAKE) -C $(TOP)/selftests/fuzz O=$(O)/fuzz all

check-packages:
	$(TOP)/selftests/packages/check -o $(O)/check-packages

check-fuzz:
	$(TOP)/selftests/check -o $(O)/check-fuzz fuzz

# What it measures with, called by the lab.
install-perf:
	$(MAKE) -C $(TOP)/selftests/perf/src O=$(O)/perf $(SUB) KVER=$(KVER) \
		KDIR=$(KDIR) install

bench:
	$(TOP)/selftests/perf/bench -o $(O)/bench $(BENCH)

bench-nhrp:
	$(TOP)/selftests/perf/nhrp -o $(O)/bench-nhrp $(BENCH)

bench-ike:
	$(TOP)/selftests/perf/ike -o $(O)/bench-ike $(BENCH)

demo:
	$(TOP)/selftests/vm/run $(if $(DEMO_SHELL),-i -t 0) -o $(O)/demo -- \
		env DEMO_IKE=$(DEMO_IKE) DEMO_SHELL=$(DEMO_SHELL) selftests/demo

clean:
	rm -rf $(O)/kmod $(O)/include $(O)/userspace $(O)/charon-plugin \
		$(O)/unit $(O)/check $(O)/check-long $(O)/check-debug $(O)/demo $(O)/perf \
		$(O)/bench $(O)/bench-nhrp $(O)/bench-ike $(O)/bench.json $(O)/fuzz $(O)/check-fuzz \
		$(O)/sim $(O)/check-packages

.PHONY: all modules userspace iplink plugin install install-modules \
	install-userspace install-iplink install-plugin install-perf uninstall \
	dkms-install dkms-uninstall unit sim check check-packages \
	check-long check-debug fuzz-build check-fuzz bench bench-nhrp bench-ike \
	demo clean
