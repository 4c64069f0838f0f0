// SPDX-License-Identifier: GPL-2.0-or-later
/* charon: whether it runs, knows the profiles, and hears its peers. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dmvpnctl/doctor.h"
#include "dmvpnctl/names.h"

#define LINE_LEN	512
#define COMM_LEN	32
#define IKE_PORT	500
#define NATT_PORT	4500
/* IKE on a slow line takes a few seconds. */
#define ACQUIRING_MS	10000

#define NOT_PROTECTED	"no device is protected"

/* ---- charon ---- */

static bool in_our_netns(pid_t pid)
{
	char path[PATH_MAX];
	struct stat its, ours;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	if (stat(path, &its) || stat("/proc/self/ns/net", &ours))
		return true;
	return its.st_ino == ours.st_ino;
}

static bool underlay_is_here(const struct doctor *d)
{
	const struct device *dev;

	model_for_each(dev, d->m.device, d->m.n_device)
		if (dev->profile[0] && !dev->elsewhere)
			return true;
	return false;
}

/* It runs one that is not the one in the file system any more. */
static bool has_old_plugin(pid_t pid)
{
	char path[PATH_MAX], line[PATH_MAX + LINE_LEN];
	bool old = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	while (f && !old && fgets(line, sizeof(line), f))
		old = strstr(line, "/libstrongswan-dmvpn.so (deleted)");
	if (f)
		fclose(f);
	return old;
}

static void check_plugin(struct doctor *d)
{
	const struct vici_status *v = &d->vici;

	if (!v->plugin)
		doctor_fail(d,
			    "install libstrongswan-dmvpn.so for this very version (make install-plugin), see that strongswan.d/charon/dmvpn.conf has load = yes, and restart strongswan; its journal says why the plugin was not taken",
			    "charon of strongSwan %s runs without the dmvpn plugin",
			    v->version);
	else if (!v->secrets)
		doctor_fail(d,
			    "swanctl --load-creds; keys stand in the secrets block of swanctl.conf or below /etc/swanctl",
			    "charon has neither pre-shared nor private keys");
	if (underlay_is_here(d) && !in_our_netns(v->pid))
		doctor_fail(d,
			    "run it where the underlay is: ip netns exec NETNS charon-systemd",
			    "charon (pid %d) runs in another network namespace",
			    (int)v->pid);
	if (has_old_plugin(v->pid))
		doctor_warn(d,
			    "systemctl restart strongswan takes the new one, and loses no packet",
			    "the dmvpn plugin was replaced since charon (pid %d) began to run with it",
			    (int)v->pid);
}

void check_charon(struct doctor *d)
{
	const struct vici_status *v = &d->vici;

	doctor_fine(d, "%s", NOT_PROTECTED);
	if (!doctor_wants_ike(d))
		return;
	if (v->error == -ENOENT || v->error == -ECONNREFUSED) {
		doctor_fail(d,
			    "systemctl start strongswan; journalctl -u strongswan says why it ended",
			    "charon does not run, or has no vici socket "
			    VICI_SOCKET);
		return;
	}
	if (v->error) {
		doctor_fail(d, "systemctl restart strongswan",
			    "charon does not answer at " VICI_SOCKET ": %s",
			    strerror(-v->error));
		return;
	}
	check_plugin(d);
	doctor_fine(d, "strongSwan %s with the dmvpn plugin, %zu keys",
		    v->version, v->secrets);
}

static bool has_conn(const struct vici_status *v, const char *name)
{
	size_t i;

	for (i = 0; i < v->n_conn; i++)
		if (!strcmp(v->conn[i], name))
			return true;
	return false;
}

void check_profile(struct doctor *d)
{
	const struct device *dev;

	if (!doctor_wants_ike(d) || d->vici.error) {
		doctor_fine(d, "%s", doctor_wants_ike(d) ?
			    "charon does not tell" : NOT_PROTECTED);
		return;
	}
	model_for_each(dev, d->m.device, d->m.n_device) {
		if (!dev->profile[0] || has_conn(&d->vici, dev->profile))
			continue;
		doctor_fail(d, "",
			    "%s has protection %s, and charon has no connection of that name",
			    dev->name, dev->profile);
		doctor_advise(d,
			      "swanctl --load-conns; \"connections { %s { ... } }\" in swanctl.conf",
			      dev->profile);
	}
	doctor_fine(d, "charon has a connection for each");
}

/* ---- ports ---- */

/**
 * struct port - a UDP port of IKE
 * @number: of it
 * @inode: of a socket that has it, 0 for none
 * @pid: of who has that, 0 if that is not to be seen
 * @comm: its name
 */
struct port {
	unsigned int number;
	unsigned long long inode;
	int pid;
	char comm[COMM_LEN];
};

static void find_socket(const char *path, struct port *p)
{
	unsigned long long inode;
	char line[LINE_LEN];
	unsigned int number;
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line,
			   "%*d: %*[0-9A-F]:%x %*s %*s %*s %*s %*s %*s %*s %llu",
			   &number, &inode) == 2 && number == p->number)
			p->inode = inode;
	if (f)
		fclose(f);
}

static bool has_socket(const char *pid, const char *wanted)
{
	char path[PATH_MAX], target[LINE_LEN];
	struct dirent *e;
	bool found = false;
	ssize_t len;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	while (dir && !found && (e = readdir(dir))) {
		len = readlinkat(dirfd(dir), e->d_name, target,
				 sizeof(target) - 1);
		if (len <= 0)
			continue;
		target[len] = '\0';
		found = !strcmp(target, wanted);
	}
	if (dir)
		closedir(dir);
	return found;
}

static void read_comm(struct port *p)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", p->pid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(p->comm, sizeof(p->comm), f))
		p->comm[strcspn(p->comm, "\n")] = '\0';
	fclose(f);
}

static void find_owner(struct port *p)
{
	DIR *proc = opendir("/proc");
	char wanted[LINE_LEN];
	struct dirent *e;

	snprintf(wanted, sizeof(wanted), "socket:[%llu]", p->inode);
	while (proc && !p->pid && (e = readdir(proc)))
		if (atoi(e->d_name) > 0 && has_socket(e->d_name, wanted))
			p->pid = atoi(e->d_name);
	if (proc)
		closedir(proc);
	if (p->pid)
		read_comm(p);
}

static void check_port(struct doctor *d, struct port *p)
{
	find_socket("/proc/self/net/udp", p);
	find_socket("/proc/self/net/udp6", p);
	if (!p->inode) {
		doctor_fail(d,
			    "start charon; if it runs, see charon.port and port_nat_t in strongswan.conf and the plugins socket-default or socket-dynamic",
			    "nobody listens at UDP port %u", p->number);
		return;
	}
	find_owner(p);
	if (!p->pid || !strncmp(p->comm, "charon", strlen("charon")))
		return;
	doctor_fail(d, "",
		    "UDP port %u belongs to %s (pid %d), not to charon",
		    p->number, p->comm, p->pid);
	doctor_advise(d, "stop %s, then systemctl restart strongswan",
		      p->comm);
}

void check_ports(struct doctor *d)
{
	struct port ike = { .number = IKE_PORT };
	struct port natt = { .number = NATT_PORT };

	if (!doctor_wants_ike(d) || !underlay_is_here(d)) {
		doctor_fine(d, "%s", doctor_wants_ike(d) ?
			    "the underlay is in another network namespace" :
			    NOT_PROTECTED);
		return;
	}
	check_port(d, &ike);
	check_port(d, &natt);
	doctor_fine(d, "UDP ports 500 and 4500 belong to %s",
		    ike.comm[0] ? ike.comm : "a process that cannot be seen");
}

/* ---- sessions ---- */

static const char *advice_for(const char *reason)
{
	static const struct {
		const char *part;
		const char *advice;
	} advices[] = {
		{ "no connection named",
		  "swanctl --load-conns: a connection with the name of the device's protection" },
		{ "no child with interface",
		  "\"interface = DEVICE\" in the child of that connection, then swanctl --load-conns" },
		{ "names no protection profile",
		  "the peer expects ESP: ip link set DEV down; ip link change DEV type dmvpn protection PROFILE; ip link set DEV up" },
		{ "IKEv",
		  "another version in that connection, or a strongSwan that is built with it" },
		{ "proposal",
		  "compare proposals and esp_proposals in swanctl.conf with those of the peer" },
		{ "traffic selectors",
		  "local_ts and remote_ts = dynamic[47] here, GRE from host to host there; mode must be the same" },
		{ "no answer",
		  "ping the peer's NBMA address; is UDP 500 and 4500 open on the way, and does its IKE daemon run?" },
		{ "in time",
		  "is UDP 500 and 4500 open on the way, also for fragments?" },
		{ "certificate",
		  "swanctl --list-certs here and there; is the clock right, and is the CA below x509ca?" },
		{ "secret",
		  "compare the secrets and the identities (local.id, remote.id) on both sides, then swanctl --load-creds" },
		{ "kernel refused",
		  "the journal of strongswan names the algorithm: ESP must be what the admin guide lists" },
	};
	size_t i;

	for (i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		if (strstr(reason, advices[i].part))
			return advices[i].advice;
	return "journalctl -u strongswan, here and on the other side";
}

void check_sessions(struct doctor *d)
{
	const struct session *s;
	char remote[ADDR_TEXT];
	size_t up = 0;

	model_for_each(s, d->m.session, d->m.n_session) {
		nbma_format(&s->remote, remote);
		if (s->state == DMVPN_SESSION_STATE_UP)
			up++;
		else if (s->state == DMVPN_SESSION_STATE_FAILED ||
			 s->reason[0])
			doctor_fail(d, advice_for(s->reason),
				    "session with %s: %s: %s", remote,
				    session_state_name(s->state), s->reason);
		else if (s->state == DMVPN_SESSION_STATE_ACQUIRING &&
			 s->state_ms >= ACQUIRING_MS)
			doctor_fail(d, advice_for("no answer"),
				    "session with %s: IKE goes on for %" PRIu64
				    " s, and charon says nothing of it", remote,
				    s->state_ms / 1000);
	}
	doctor_fine(d, "%zu up", up);
}
