// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/names.h"

#define KILOBYTE	1024
#define ESP_HEAD	8
#define ESP_TAIL	2
#define ESP_ALIGN	4
#define UDP_HEAD	8
#define GRE_HEAD	4
#define GRE_KEY		4

/* nhrpd's own, in /etc/iproute2/rt_protos.d/nhrpd.conf. */
#define RTPROT_NHRP 191

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const session_flags[] = {
	"initiator", "nat-local", "nat-remote",
};

static const char *const peer_flags[] = { "multicast", "nhs" };

static const char *const nexthop_flags[] = {
	"unique", "nat", "used", "router", "local",
};

const struct flag_names session_flag_names = {
	session_flags, COUNT(session_flags)
};

const struct flag_names peer_flag_names = { peer_flags, COUNT(peer_flags) };

const struct flag_names nexthop_flag_names = {
	nexthop_flags, COUNT(nexthop_flags)
};

const char *flags_format(const struct flag_names *names, uint32_t flags,
			 char buf[static FLAGS_TEXT])
{
	size_t i, used = 0;

	buf[0] = '\0';
	for (i = 0; i < names->n; i++)
		if (flags & (1u << i))
			used += (size_t)snprintf(buf + used, FLAGS_TEXT - used,
						 "%s%s", used ? " " : "",
						 names->name[i]);
	return buf;
}

uint32_t flag_parse(const struct flag_names *names, const char *word)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (!strcmp(names->name[i], word))
			return 1u << i;
	return 0;
}

static const char *word(const char *const *words, size_t n, uint32_t value)
{
	return value < n && words[value] ? words[value] : NULL;
}

static const char *word_or_unknown(const char *const *words, size_t n,
				   uint32_t value)
{
	const char *text = word(words, n, value);

	return text ? text : "unknown";
}

const char *session_state_name(uint32_t state)
{
	static const char *const words[] = {
		[DMVPN_SESSION_STATE_DOWN] = "down",
		[DMVPN_SESSION_STATE_ACQUIRING] = "acquiring",
		[DMVPN_SESSION_STATE_UP] = "up",
		[DMVPN_SESSION_STATE_FAILED] = "failed",
	};

	return word_or_unknown(words, COUNT(words), state);
}

const char *sa_dir_name(uint32_t dir)
{
	static const char *const words[] = {
		[DMVPN_SA_DIR_IN] = "in",
		[DMVPN_SA_DIR_OUT] = "out",
	};

	return word_or_unknown(words, COUNT(words), dir);
}

const char *sa_mode_name(uint32_t mode)
{
	static const char *const words[] = {
		[DMVPN_SA_MODE_TRANSPORT] = "transport",
		[DMVPN_SA_MODE_TUNNEL] = "tunnel",
	};

	return word_or_unknown(words, COUNT(words), mode);
}

const char *nexthop_state_name(uint32_t state)
{
	static const char *const words[] = {
		[DMVPN_NEXTHOP_STATE_VALID] = "valid",
		[DMVPN_NEXTHOP_STATE_NEGATIVE] = "negative",
		[DMVPN_NEXTHOP_STATE_INCOMPLETE] = "incomplete",
	};

	return word_or_unknown(words, COUNT(words), state);
}

const char *nexthop_kind_name(uint32_t kind)
{
	static const char *const words[] = {
		[DMVPN_NEXTHOP_KIND_STATIC] = "static",
		[DMVPN_NEXTHOP_KIND_NHS] = "nhs",
		[DMVPN_NEXTHOP_KIND_REGISTERED] = "registered",
		[DMVPN_NEXTHOP_KIND_CACHED] = "cached",
		[DMVPN_NEXTHOP_KIND_SHORTCUT] = "shortcut",
	};

	return word_or_unknown(words, COUNT(words), kind);
}

const char *event_name(uint32_t cmd)
{
	static const char *const words[] = {
		[DMVPN_CMD_ACQUIRE_NTF] = "acquire",
		[DMVPN_CMD_SESSION_NTF] = "session",
		[DMVPN_CMD_SESSION_DEL_NTF] = "session-del",
		[DMVPN_CMD_SA_NTF] = "sa",
		[DMVPN_CMD_SA_DEL_NTF] = "sa-del",
		[DMVPN_CMD_SA_EXPIRE_NTF] = "sa-expire",
		[DMVPN_CMD_NAT_MOVED_NTF] = "nat-moved",
		[DMVPN_CMD_PEER_NTF] = "peer",
		[DMVPN_CMD_PEER_DEL_NTF] = "peer-del",
		[DMVPN_CMD_NEXTHOP_NTF] = "nexthop",
		[DMVPN_CMD_NEXTHOP_DEL_NTF] = "nexthop-del",
		[DMVPN_CMD_MISS_NTF] = "miss",
		[DMVPN_CMD_REDIRECT_NTF] = "redirect",
		[DMVPN_CMD_POLICY_NTF] = "policy",
		[DMVPN_CMD_POLICY_DEL_NTF] = "policy-del",
	};

	return word(words, COUNT(words), cmd);
}

const char *drop_name(unsigned int attr)
{
	static const char *const words[DMVPN_A_DROPS_MAX + 1] = {
		[DMVPN_A_DROPS_TX_MALFORMED] = "tx-malformed",
		[DMVPN_A_DROPS_TX_PROTOCOL] = "tx-protocol",
		[DMVPN_A_DROPS_TX_NO_NEXTHOP] = "tx-no-nexthop",
		[DMVPN_A_DROPS_TX_NEGATIVE] = "tx-negative",
		[DMVPN_A_DROPS_TX_NO_PEER] = "tx-no-peer",
		[DMVPN_A_DROPS_TX_NO_SA] = "tx-no-sa",
		[DMVPN_A_DROPS_TX_PENDING] = "tx-pending",
		[DMVPN_A_DROPS_TX_NO_ROUTE] = "tx-no-route",
		[DMVPN_A_DROPS_TX_TOO_BIG] = "tx-too-big",
		[DMVPN_A_DROPS_TX_NO_MEMORY] = "tx-no-memory",
		[DMVPN_A_DROPS_TX_CRYPTO] = "tx-crypto",
		[DMVPN_A_DROPS_TX_EXPIRED] = "tx-expired",
		[DMVPN_A_DROPS_TX_LOOP] = "tx-loop",
		[DMVPN_A_DROPS_TX_MCAST_RATE] = "tx-mcast-rate",
		[DMVPN_A_DROPS_RX_CLEAR] = "rx-clear",
		[DMVPN_A_DROPS_RX_MALFORMED] = "rx-malformed",
		[DMVPN_A_DROPS_RX_PROTOCOL] = "rx-protocol",
		[DMVPN_A_DROPS_RX_ECN] = "rx-ecn",
		[DMVPN_A_DROPS_RX_NO_NHRP] = "rx-no-nhrp",
		[DMVPN_A_DROPS_RX_NO_MEMORY] = "rx-no-memory",
		[DMVPN_A_DROPS_RX_CONNTRACK] = "rx-conntrack",
		[DMVPN_A_DROPS_RX_SOURCE] = "rx-source",
		[DMVPN_A_DROPS_RX_CHECKSUM] = "rx-checksum",
		[DMVPN_A_DROPS_RX_NHRP_RATE] = "rx-nhrp-rate",
	};

	return word(words, COUNT(words), attr);
}

const char *route_type_name(unsigned int type)
{
	static const char *const words[] = {
		[RTN_UNICAST] = "unicast", [RTN_LOCAL] = "local",
		[RTN_BROADCAST] = "broadcast", [RTN_ANYCAST] = "anycast",
		[RTN_MULTICAST] = "multicast", [RTN_BLACKHOLE] = "blackhole",
		[RTN_UNREACHABLE] = "unreachable",
		[RTN_PROHIBIT] = "prohibit", [RTN_THROW] = "throw",
	};

	return word_or_unknown(words, COUNT(words), type);
}

const char *route_protocol_name(unsigned int protocol,
				char buf[static WORD_LEN])
{
	static const char *const words[] = {
		[RTPROT_REDIRECT] = "redirect", [RTPROT_KERNEL] = "kernel",
		[RTPROT_BOOT] = "boot", [RTPROT_STATIC] = "static",
		[RTPROT_RA] = "ra", [RTPROT_ZEBRA] = "zebra",
		[RTPROT_DHCP] = "dhcp", [RTPROT_BGP] = "bgp",
		[RTPROT_ISIS] = "isis", [RTPROT_OSPF] = "ospf",
		[RTPROT_RIP] = "rip", [RTPROT_NHRP] = "nhrp",
		[RTPROT_EIGRP] = "eigrp",
	};
	const char *text = word(words, COUNT(words), protocol);

	if (text)
		snprintf(buf, WORD_LEN, "%s", text);
	else
		snprintf(buf, WORD_LEN, "%u", protocol);
	return buf;
}

const char *finding_level_name(unsigned int level)
{
	static const char *const words[] = {
		[FINDING_OK] = "ok",
		[FINDING_WARN] = "warn",
		[FINDING_FAIL] = "fail",
	};

	return word_or_unknown(words, COUNT(words), level);
}

const char *time_format(uint64_t ms, char buf[static TIME_TEXT])
{
	uint64_t s = ms / 1000, days = s / 86400;

	if (ms == NEVER)
		snprintf(buf, TIME_TEXT, "never");
	else if (days >= 7)
		snprintf(buf, TIME_TEXT, "%" PRIu64 "w%" PRIu64 "d", days / 7,
			 days % 7);
	else if (days)
		snprintf(buf, TIME_TEXT, "%" PRIu64 "d%02" PRIu64 "h", days,
			 s / 3600 % 24);
	else
		snprintf(buf, TIME_TEXT,
			 "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600,
			 s / 60 % 60, s % 60);
	return buf;
}

/* How IOS calls an algorithm; its own name if IOS has none. */
static const char *algorithm(const char *name)
{
	static const struct {
		const char *ours;
		const char *ios;
	} names[] = {
		{ "cbc(aes)", "esp-aes" },
		{ "rfc4106(gcm(aes))", "esp-gcm" },
		{ "rfc4309(ccm(aes))", "esp-ccm" },
		{ "ecb(cipher_null)", "esp-null" },
		{ "rfc7539esp(chacha20,poly1305)", "esp-chacha20-poly1305" },
		{ "hmac(sha1)", "esp-sha-hmac" },
		{ "hmac(sha256)", "esp-sha256-hmac" },
		{ "hmac(sha384)", "esp-sha384-hmac" },
		{ "hmac(sha512)", "esp-sha512-hmac" },
	};
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (!strcmp(names[i].ours, name))
			return names[i].ios;
	return name;
}

const char *transform_format(const struct sa *sa,
			     char buf[static TRANSFORM_TEXT])
{
	snprintf(buf, TRANSFORM_TEXT, "%s%s%s", algorithm(sa->cipher),
		 sa->auth[0] ? " " : "", algorithm(sa->auth));
	return buf;
}

unsigned int iv_size(const struct sa *sa)
{
	if (!strcmp(sa->cipher, "cbc(aes)"))
		return 16;
	return strcmp(sa->cipher, "ecb(cipher_null)") ? 8 : 0;
}

uint64_t sa_kilobytes_left(const struct sa *sa)
{
	return sa->hard_bytes > sa->bytes ?
	       (sa->hard_bytes - sa->bytes) / KILOBYTE : 0;
}

uint64_t sa_seconds_left(const struct sa *sa)
{
	uint64_t age = sa->age_ms / 1000;

	return sa->hard_seconds > age ? sa->hard_seconds - age : 0;
}

static unsigned int ip_head(const struct sa *sa)
{
	return addr_bits(&sa->remote.addr) == 32 ? 20 : 40;
}

unsigned int sa_packet_size(const struct sa *sa, unsigned int inner,
			    bool has_key)
{
	unsigned int block, size;

	if (!sa || !inner)
		return 0;
	block = iv_size(sa) == 16 ? 16 : ESP_ALIGN;
	size = inner + GRE_HEAD + (has_key ? GRE_KEY : 0) + ESP_TAIL;
	if (sa->mode == DMVPN_SA_MODE_TUNNEL)
		size += ip_head(sa);
	size = (size + block - 1) / block * block;
	return size + ip_head(sa) + (sa->remote.port ? UDP_HEAD : 0) +
	       ESP_HEAD + iv_size(sa) + sa->icv_len;
}
