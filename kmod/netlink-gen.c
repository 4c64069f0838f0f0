// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dmvpn.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/dmvpn.h>

/* Common nested types */
const struct nla_policy dmvpn_class_nl_policy[DMVPN_A_CLASS_BYTES + 1] = {
	[DMVPN_A_CLASS_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[DMVPN_A_CLASS_MATCH] = NLA_POLICY_NESTED(dmvpn_match_nl_policy),
	[DMVPN_A_CLASS_SET_INNER_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[DMVPN_A_CLASS_SET_OUTER_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[DMVPN_A_CLASS_SET_MARK] = { .type = NLA_U32, },
	[DMVPN_A_CLASS_SET_PRIORITY] = { .type = NLA_U32, },
	[DMVPN_A_CLASS_CHILD] = { .type = NLA_NUL_STRING, .len = 63, },
	[DMVPN_A_CLASS_PRIORITY_RATE] = { .type = NLA_U64, },
	[DMVPN_A_CLASS_PRIORITY_PERCENT] = NLA_POLICY_MAX(NLA_U32, 100),
	[DMVPN_A_CLASS_PRIORITY_BURST] = { .type = NLA_U32, },
	[DMVPN_A_CLASS_BANDWIDTH_RATE] = { .type = NLA_U64, },
	[DMVPN_A_CLASS_BANDWIDTH_PERCENT] = NLA_POLICY_MAX(NLA_U32, 100),
	[DMVPN_A_CLASS_SHAPE_RATE] = { .type = NLA_U64, },
	[DMVPN_A_CLASS_SHAPE_BURST] = { .type = NLA_U32, },
	[DMVPN_A_CLASS_POLICE_RATE] = { .type = NLA_U64, },
	[DMVPN_A_CLASS_POLICE_BURST] = { .type = NLA_U32, },
	[DMVPN_A_CLASS_QUEUE_LIMIT] = { .type = NLA_U32, },
	[DMVPN_A_CLASS_FAIR_QUEUE] = NLA_POLICY_MAX(NLA_U32, 1024),
	[DMVPN_A_CLASS_CODEL_TARGET] = { .type = NLA_U32, },
	[DMVPN_A_CLASS_CODEL_INTERVAL] = { .type = NLA_U32, },
	[DMVPN_A_CLASS_ECN] = NLA_POLICY_MAX(NLA_U8, 1),
	[DMVPN_A_CLASS_INDEX] = { .type = NLA_U32, },
	[DMVPN_A_CLASS_PACKETS] = { .type = NLA_U64, },
	[DMVPN_A_CLASS_BYTES] = { .type = NLA_U64, },
};

const struct nla_policy dmvpn_match_nl_policy[DMVPN_A_MATCH_BYTES + 1] = {
	[DMVPN_A_MATCH_STATEMENT] = { .type = NLA_U32, },
	[DMVPN_A_MATCH_DENY] = { .type = NLA_U32, },
	[DMVPN_A_MATCH_FAMILY] = { .type = NLA_U8, },
	[DMVPN_A_MATCH_SRC] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_MATCH_SRC_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[DMVPN_A_MATCH_DST] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_MATCH_DST_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[DMVPN_A_MATCH_PROTOCOL] = { .type = NLA_U8, },
	[DMVPN_A_MATCH_SPORT_MIN] = { .type = NLA_U16, },
	[DMVPN_A_MATCH_SPORT_MAX] = { .type = NLA_U16, },
	[DMVPN_A_MATCH_DPORT_MIN] = { .type = NLA_U16, },
	[DMVPN_A_MATCH_DPORT_MAX] = { .type = NLA_U16, },
	[DMVPN_A_MATCH_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[DMVPN_A_MATCH_DSCP_MASK] = NLA_POLICY_MAX(NLA_U8, 63),
	[DMVPN_A_MATCH_FRAGMENT] = NLA_POLICY_MAX(NLA_U8, 1),
	[DMVPN_A_MATCH_PACKETS] = { .type = NLA_U64, },
	[DMVPN_A_MATCH_BYTES] = { .type = NLA_U64, },
};

/* DMVPN_CMD_DEVICE_GET - do */
static const struct nla_policy dmvpn_device_get_nl_policy[DMVPN_A_DEVICE_IFINDEX + 1] = {
	[DMVPN_A_DEVICE_IFINDEX] = { .type = NLA_U32, },
};

/* DMVPN_CMD_SESSION_GET - do */
static const struct nla_policy dmvpn_session_get_nl_policy[DMVPN_A_SESSION_REMOTE_PORT + 1] = {
	[DMVPN_A_SESSION_HANDLE] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMVPN_A_SESSION_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SESSION_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SESSION_REMOTE_PORT] = { .type = NLA_BE16, },
};

/* DMVPN_CMD_SESSION_SET - do */
static const struct nla_policy dmvpn_session_set_nl_policy[DMVPN_A_SESSION_PFS + 1] = {
	[DMVPN_A_SESSION_HANDLE] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMVPN_A_SESSION_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SESSION_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SESSION_REMOTE_PORT] = { .type = NLA_BE16, },
	[DMVPN_A_SESSION_STATE] = NLA_POLICY_MAX(NLA_U32, 3),
	[DMVPN_A_SESSION_REASON] = { .type = NLA_NUL_STRING, .len = 127, },
	[DMVPN_A_SESSION_PROFILE] = { .type = NLA_NUL_STRING, .len = 63, },
	[DMVPN_A_SESSION_IDENTITY] = { .type = NLA_NUL_STRING, .len = 255, },
	[DMVPN_A_SESSION_LOCAL_IDENTITY] = { .type = NLA_NUL_STRING, .len = 255, },
	[DMVPN_A_SESSION_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x7),
	[DMVPN_A_SESSION_IKE_VERSION] = { .type = NLA_U32, },
	[DMVPN_A_SESSION_IKE_ID] = { .type = NLA_U32, },
	[DMVPN_A_SESSION_IKE_LIFETIME] = { .type = NLA_U32, },
	[DMVPN_A_SESSION_PFS] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* DMVPN_CMD_SESSION_DEL - do */
static const struct nla_policy dmvpn_session_del_nl_policy[DMVPN_A_SESSION_REMOTE_PORT + 1] = {
	[DMVPN_A_SESSION_HANDLE] = NLA_POLICY_MIN(NLA_U32, 1),
	[DMVPN_A_SESSION_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SESSION_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SESSION_REMOTE_PORT] = { .type = NLA_BE16, },
};

/* DMVPN_CMD_SA_ALLOC_SPI - do */
static const struct nla_policy dmvpn_sa_alloc_spi_nl_policy[DMVPN_A_SA_REMOTE + 1] = {
	[DMVPN_A_SA_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_REMOTE] = NLA_POLICY_MAX_LEN(16),
};

/* DMVPN_CMD_SA_NEW - do */
static const struct nla_policy dmvpn_sa_new_nl_policy[DMVPN_A_SA_IDENTITY + 1] = {
	[DMVPN_A_SA_SPI] = NLA_POLICY_MIN(NLA_BE32, 256),
	[DMVPN_A_SA_DIR] = NLA_POLICY_MAX(NLA_U32, 1),
	[DMVPN_A_SA_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_LOCAL_PORT] = { .type = NLA_BE16, },
	[DMVPN_A_SA_REMOTE_PORT] = { .type = NLA_BE16, },
	[DMVPN_A_SA_MODE] = NLA_POLICY_MAX(NLA_U32, 1),
	[DMVPN_A_SA_CIPHER] = { .type = NLA_NUL_STRING, .len = 63, },
	[DMVPN_A_SA_AUTH] = { .type = NLA_NUL_STRING, .len = 63, },
	[DMVPN_A_SA_CIPHER_KEY] = NLA_POLICY_MAX_LEN(64),
	[DMVPN_A_SA_AUTH_KEY] = NLA_POLICY_MAX_LEN(64),
	[DMVPN_A_SA_ICV_LEN] = NLA_POLICY_MAX(NLA_U32, 32),
	[DMVPN_A_SA_ESN] = NLA_POLICY_MAX(NLA_U8, 1),
	[DMVPN_A_SA_REPLAY_WINDOW] = NLA_POLICY_MAX(NLA_U32, 4096),
	[DMVPN_A_SA_STANDBY] = NLA_POLICY_MAX(NLA_U8, 1),
	[DMVPN_A_SA_PAIR] = { .type = NLA_BE32, },
	[DMVPN_A_SA_OWNER] = { .type = NLA_U32, },
	[DMVPN_A_SA_PROFILE] = { .type = NLA_NUL_STRING, .len = 63, },
	[DMVPN_A_SA_SOFT_SECONDS] = { .type = NLA_U64, },
	[DMVPN_A_SA_HARD_SECONDS] = { .type = NLA_U64, },
	[DMVPN_A_SA_SOFT_BYTES] = { .type = NLA_U64, },
	[DMVPN_A_SA_HARD_BYTES] = { .type = NLA_U64, },
	[DMVPN_A_SA_SOFT_PACKETS] = { .type = NLA_U64, },
	[DMVPN_A_SA_HARD_PACKETS] = { .type = NLA_U64, },
	[DMVPN_A_SA_SEQ] = { .type = NLA_U64, },
	[DMVPN_A_SA_INNER_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_INNER_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_PROTOCOL] = { .type = NLA_U8, },
	[DMVPN_A_SA_INSECURE] = NLA_POLICY_MAX(NLA_U8, 1),
	[DMVPN_A_SA_IDENTITY] = { .type = NLA_NUL_STRING, .len = 255, },
};

/* DMVPN_CMD_SA_SET - do */
static const struct nla_policy dmvpn_sa_set_nl_policy[DMVPN_A_SA_NEW_REMOTE + 1] = {
	[DMVPN_A_SA_SPI] = NLA_POLICY_MIN(NLA_BE32, 256),
	[DMVPN_A_SA_DIR] = NLA_POLICY_MAX(NLA_U32, 1),
	[DMVPN_A_SA_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_NEW_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_NEW_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_LOCAL_PORT] = { .type = NLA_BE16, },
	[DMVPN_A_SA_REMOTE_PORT] = { .type = NLA_BE16, },
	[DMVPN_A_SA_STANDBY] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* DMVPN_CMD_SA_GET - do */
static const struct nla_policy dmvpn_sa_get_nl_policy[DMVPN_A_SA_REMOTE + 1] = {
	[DMVPN_A_SA_SPI] = NLA_POLICY_MIN(NLA_BE32, 256),
	[DMVPN_A_SA_DIR] = NLA_POLICY_MAX(NLA_U32, 1),
	[DMVPN_A_SA_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_REMOTE] = NLA_POLICY_MAX_LEN(16),
};

/* DMVPN_CMD_SA_DEL - do */
static const struct nla_policy dmvpn_sa_del_nl_policy[DMVPN_A_SA_STANDBY + 1] = {
	[DMVPN_A_SA_SPI] = NLA_POLICY_MIN(NLA_BE32, 256),
	[DMVPN_A_SA_DIR] = NLA_POLICY_MAX(NLA_U32, 1),
	[DMVPN_A_SA_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_SA_STANDBY] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* DMVPN_CMD_SA_FLUSH - do */
static const struct nla_policy dmvpn_sa_flush_nl_policy[DMVPN_A_SA_OWNER + 1] = {
	[DMVPN_A_SA_OWNER] = { .type = NLA_U32, },
};

/* DMVPN_CMD_PEER_NEW - do */
static const struct nla_policy dmvpn_peer_new_nl_policy[DMVPN_A_PEER_IDENTITY + 1] = {
	[DMVPN_A_PEER_IFINDEX] = { .type = NLA_U32, },
	[DMVPN_A_PEER_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_PEER_REMOTE_PORT] = { .type = NLA_BE16, },
	[DMVPN_A_PEER_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x3),
	[DMVPN_A_PEER_POLICY] = { .type = NLA_NUL_STRING, .len = 63, },
	[DMVPN_A_PEER_RATE] = { .type = NLA_U64, },
	[DMVPN_A_PEER_IDENTITY] = { .type = NLA_NUL_STRING, .len = 255, },
};

/* DMVPN_CMD_PEER_GET - do */
static const struct nla_policy dmvpn_peer_get_nl_policy[DMVPN_A_PEER_REMOTE_PORT + 1] = {
	[DMVPN_A_PEER_IFINDEX] = { .type = NLA_U32, },
	[DMVPN_A_PEER_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_PEER_REMOTE_PORT] = { .type = NLA_BE16, },
};

/* DMVPN_CMD_PEER_DEL - do */
static const struct nla_policy dmvpn_peer_del_nl_policy[DMVPN_A_PEER_REMOTE_PORT + 1] = {
	[DMVPN_A_PEER_IFINDEX] = { .type = NLA_U32, },
	[DMVPN_A_PEER_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_PEER_REMOTE_PORT] = { .type = NLA_BE16, },
};

/* DMVPN_CMD_NEXTHOP_NEW - do */
static const struct nla_policy dmvpn_nexthop_new_nl_policy[DMVPN_A_NEXTHOP_CLAIMED + 1] = {
	[DMVPN_A_NEXTHOP_IFINDEX] = { .type = NLA_U32, },
	[DMVPN_A_NEXTHOP_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_NEXTHOP_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_NEXTHOP_REMOTE_PORT] = { .type = NLA_BE16, },
	[DMVPN_A_NEXTHOP_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[DMVPN_A_NEXTHOP_KIND] = NLA_POLICY_MAX(NLA_U32, 4),
	[DMVPN_A_NEXTHOP_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1f),
	[DMVPN_A_NEXTHOP_LIFETIME] = { .type = NLA_U32, },
	[DMVPN_A_NEXTHOP_CLAIMED] = NLA_POLICY_MAX_LEN(16),
};

/* DMVPN_CMD_NEXTHOP_GET - do */
static const struct nla_policy dmvpn_nexthop_get_nl_policy[DMVPN_A_NEXTHOP_ADDRESS + 1] = {
	[DMVPN_A_NEXTHOP_IFINDEX] = { .type = NLA_U32, },
	[DMVPN_A_NEXTHOP_ADDRESS] = NLA_POLICY_MAX_LEN(16),
};

/* DMVPN_CMD_NEXTHOP_DEL - do */
static const struct nla_policy dmvpn_nexthop_del_nl_policy[DMVPN_A_NEXTHOP_ADDRESS + 1] = {
	[DMVPN_A_NEXTHOP_IFINDEX] = { .type = NLA_U32, },
	[DMVPN_A_NEXTHOP_ADDRESS] = NLA_POLICY_MAX_LEN(16),
};

/* DMVPN_CMD_FRAME_REGISTER - do */
static const struct nla_policy dmvpn_frame_register_nl_policy[DMVPN_A_FRAME_IFINDEX + 1] = {
	[DMVPN_A_FRAME_IFINDEX] = { .type = NLA_U32, },
};

/* DMVPN_CMD_FRAME - do */
static const struct nla_policy dmvpn_frame_nl_policy[DMVPN_A_FRAME_DATA + 1] = {
	[DMVPN_A_FRAME_IFINDEX] = { .type = NLA_U32, },
	[DMVPN_A_FRAME_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[DMVPN_A_FRAME_REMOTE_PORT] = { .type = NLA_BE16, },
	[DMVPN_A_FRAME_DATA] = NLA_POLICY_MAX_LEN(9000),
};

/* DMVPN_CMD_POLICY_NEW - do */
static const struct nla_policy dmvpn_policy_new_nl_policy[DMVPN_A_POLICY_CLASS + 1] = {
	[DMVPN_A_POLICY_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[DMVPN_A_POLICY_CLASS] = NLA_POLICY_NESTED(dmvpn_class_nl_policy),
};

/* DMVPN_CMD_POLICY_GET - do */
static const struct nla_policy dmvpn_policy_get_nl_policy[DMVPN_A_POLICY_NAME + 1] = {
	[DMVPN_A_POLICY_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* DMVPN_CMD_POLICY_DEL - do */
static const struct nla_policy dmvpn_policy_del_nl_policy[DMVPN_A_POLICY_NAME + 1] = {
	[DMVPN_A_POLICY_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* DMVPN_CMD_POLICY_TEST - do */
static const struct nla_policy dmvpn_policy_test_nl_policy[DMVPN_A_POLICY_PACKET + 1] = {
	[DMVPN_A_POLICY_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[DMVPN_A_POLICY_PACKET] = NLA_POLICY_MAX_LEN(256),
};

/* Ops table for dmvpn */
const struct genl_split_ops dmvpn_nl_ops[31] = {
	{
		.cmd		= DMVPN_CMD_DEVICE_GET,
		.doit		= dmvpn_nl_device_get_doit,
		.policy		= dmvpn_device_get_nl_policy,
		.maxattr	= DMVPN_A_DEVICE_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DMVPN_CMD_DEVICE_GET,
		.dumpit	= dmvpn_nl_device_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DMVPN_CMD_SESSION_GET,
		.doit		= dmvpn_nl_session_get_doit,
		.policy		= dmvpn_session_get_nl_policy,
		.maxattr	= DMVPN_A_SESSION_REMOTE_PORT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DMVPN_CMD_SESSION_GET,
		.dumpit	= dmvpn_nl_session_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DMVPN_CMD_SESSION_SET,
		.doit		= dmvpn_nl_session_set_doit,
		.policy		= dmvpn_session_set_nl_policy,
		.maxattr	= DMVPN_A_SESSION_PFS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_SESSION_DEL,
		.doit		= dmvpn_nl_session_del_doit,
		.policy		= dmvpn_session_del_nl_policy,
		.maxattr	= DMVPN_A_SESSION_REMOTE_PORT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_SA_ALLOC_SPI,
		.doit		= dmvpn_nl_sa_alloc_spi_doit,
		.policy		= dmvpn_sa_alloc_spi_nl_policy,
		.maxattr	= DMVPN_A_SA_REMOTE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_SA_NEW,
		.doit		= dmvpn_nl_sa_new_doit,
		.policy		= dmvpn_sa_new_nl_policy,
		.maxattr	= DMVPN_A_SA_IDENTITY,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_SA_SET,
		.doit		= dmvpn_nl_sa_set_doit,
		.policy		= dmvpn_sa_set_nl_policy,
		.maxattr	= DMVPN_A_SA_NEW_REMOTE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_SA_GET,
		.doit		= dmvpn_nl_sa_get_doit,
		.policy		= dmvpn_sa_get_nl_policy,
		.maxattr	= DMVPN_A_SA_REMOTE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DMVPN_CMD_SA_GET,
		.dumpit	= dmvpn_nl_sa_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DMVPN_CMD_SA_DEL,
		.doit		= dmvpn_nl_sa_del_doit,
		.policy		= dmvpn_sa_del_nl_policy,
		.maxattr	= DMVPN_A_SA_STANDBY,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_SA_FLUSH,
		.doit		= dmvpn_nl_sa_flush_doit,
		.policy		= dmvpn_sa_flush_nl_policy,
		.maxattr	= DMVPN_A_SA_OWNER,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_PEER_NEW,
		.doit		= dmvpn_nl_peer_new_doit,
		.policy		= dmvpn_peer_new_nl_policy,
		.maxattr	= DMVPN_A_PEER_IDENTITY,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_PEER_GET,
		.doit		= dmvpn_nl_peer_get_doit,
		.policy		= dmvpn_peer_get_nl_policy,
		.maxattr	= DMVPN_A_PEER_REMOTE_PORT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DMVPN_CMD_PEER_GET,
		.dumpit	= dmvpn_nl_peer_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DMVPN_CMD_PEER_DEL,
		.doit		= dmvpn_nl_peer_del_doit,
		.policy		= dmvpn_peer_del_nl_policy,
		.maxattr	= DMVPN_A_PEER_REMOTE_PORT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_NEXTHOP_NEW,
		.doit		= dmvpn_nl_nexthop_new_doit,
		.policy		= dmvpn_nexthop_new_nl_policy,
		.maxattr	= DMVPN_A_NEXTHOP_CLAIMED,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_NEXTHOP_GET,
		.doit		= dmvpn_nl_nexthop_get_doit,
		.policy		= dmvpn_nexthop_get_nl_policy,
		.maxattr	= DMVPN_A_NEXTHOP_ADDRESS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DMVPN_CMD_NEXTHOP_GET,
		.dumpit	= dmvpn_nl_nexthop_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DMVPN_CMD_NEXTHOP_DEL,
		.doit		= dmvpn_nl_nexthop_del_doit,
		.policy		= dmvpn_nexthop_del_nl_policy,
		.maxattr	= DMVPN_A_NEXTHOP_ADDRESS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_FRAME_REGISTER,
		.doit		= dmvpn_nl_frame_register_doit,
		.policy		= dmvpn_frame_register_nl_policy,
		.maxattr	= DMVPN_A_FRAME_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_FRAME,
		.doit		= dmvpn_nl_frame_doit,
		.policy		= dmvpn_frame_nl_policy,
		.maxattr	= DMVPN_A_FRAME_DATA,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_POLICY_NEW,
		.doit		= dmvpn_nl_policy_new_doit,
		.policy		= dmvpn_policy_new_nl_policy,
		.maxattr	= DMVPN_A_POLICY_CLASS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_POLICY_GET,
		.doit		= dmvpn_nl_policy_get_doit,
		.policy		= dmvpn_policy_get_nl_policy,
		.maxattr	= DMVPN_A_POLICY_NAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DMVPN_CMD_POLICY_GET,
		.dumpit	= dmvpn_nl_policy_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DMVPN_CMD_POLICY_DEL,
		.doit		= dmvpn_nl_policy_del_doit,
		.policy		= dmvpn_policy_del_nl_policy,
		.maxattr	= DMVPN_A_POLICY_NAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DMVPN_CMD_POLICY_TEST,
		.doit		= dmvpn_nl_policy_test_doit,
		.policy		= dmvpn_policy_test_nl_policy,
		.maxattr	= DMVPN_A_POLICY_PACKET,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DMVPN_CMD_CLASS_GET,
		.dumpit	= dmvpn_nl_class_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= DMVPN_CMD_QUEUE_GET,
		.dumpit	= dmvpn_nl_queue_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= DMVPN_CMD_SERVICE_GET,
		.dumpit	= dmvpn_nl_service_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
};
