# SPDX-License-Identifier: GPL-2.0-or-later
# Sources of userspace that are tested without a kernel, and the kernel that
# they are given: for unit tests and for fuzzing.

# Addresses are keys of tables.
addr := lib/addr.c lib/hash.c
lib := $(addr) lib/buf.c
wire := $(patsubst %,nhrpd/%.c,codec ext mac) $(lib)
# The state layer as it stands, and the kernel that it is given here.
state := $(wire) $(patsubst %,nhrpd/%.c,adapt adopt alias answer \
	auth authorize cache carrier conf counters dispatch error forward \
	group identity iface limit map name nhrp nhs observe own path peer policy \
	purge qos redirect register request resolve routes send server \
	share shortcut source timer trigger trust view)
# The configuration file, and what is made of access lists.
compile := $(patsubst %,nhrpd/%.c,acl acl_names compile policy policy_value) \
	$(addr)
config := $(patsubst %,nhrpd/%.c,config config_comment config_group \
	config_include config_key config_qos config_text config_trust \
	conf identity) $(compile) $(wire)
# dmvpnctl import ios.
ios := $(patsubst %,dmvpnctl/ios_%.c,class crypto ike2 lex nhrp parse pki \
	ppk profile qos router text tunnel write_auth write_device \
	write_nhrpd write_ppk write_qos write_swanctl) \
	$(patsubst %,dmvpnctl/%.c,import import_files text_import)
world := $(patsubst %,fake_%.c,kernel policy session net data)
fake := $(world) unit.c
