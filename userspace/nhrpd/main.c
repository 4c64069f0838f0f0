// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/hash.h"
#include "lib/log.h"
#include "nhrpd/config.h"
#include "nhrpd/daemon.h"
#include "nhrpd/notify.h"

#define DEFAULT_CONF	"/etc/nhrpd.conf"
#define NETNS_DIR	"/run/netns"

/**
 * struct options - of the command line
 * @conf_file: configuration
 * @netns: network namespace to run in, NULL for the one we are in
 * @pid_file: NULL for the usual one
 * @check: only check the configuration
 * @foreground: do not become a daemon
 * @debug: log more
 * @rate: lines of one kind in MESSAGE_SECONDS, 0 for all
 */
struct options {
	const char *conf_file;
	const char *netns;
	const char *pid_file;
	bool check;
	bool foreground;
	bool debug;
	unsigned int rate;
};

static void usage(FILE *to)
{
	fprintf(to,
		"Usage: nhrpd [-dfn] [-c FILE] [-N NETNS] [-p FILE] [-r LINES]\n"
		"  -c FILE   configuration (default %s)\n"
		"  -d        log more\n"
		"  -f        stay in the foreground, log to stderr\n"
		"  -n        only check the configuration\n"
		"  -N NETNS  run in the network namespace of that name\n"
		"  -p FILE   write the process id to FILE\n"
		"  -r LINES  log so many events of one kind in %u s (default %u), 0 for all\n"
		"  -V        print the version\n", DEFAULT_CONF,
		MESSAGE_SECONDS, MESSAGE_RATE);
}

/* -1 to go on, else the exit status. */
static int parse_options(int argc, char **argv, struct options *o)
{
	char end;
	int c;

	*o = (struct options){
		.conf_file = DEFAULT_CONF,
		.rate = MESSAGE_RATE,
	};
	while ((c = getopt(argc, argv, "c:dfhnN:p:r:V")) != -1) {
		switch (c) {
		case 'c':
			o->conf_file = optarg;
			break;
		case 'd':
			o->debug = true;
			break;
		case 'f':
			o->foreground = true;
			break;
		case 'n':
			o->check = true;
			break;
		case 'N':
			o->netns = optarg;
			break;
		case 'p':
			o->pid_file = optarg;
			break;
		case 'r':
			if (sscanf(optarg, "%u%c", &o->rate, &end) != 1) {
				fprintf(stderr,
					"nhrpd: -r wants a number: \"%s\"\n",
					optarg);
				return 2;
			}
			break;
		case 'V':
			printf("nhrpd %s\n", VERSION);
			return 0;
		case 'h':
			usage(stdout);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "nhrpd: what is \"%s\"?\n", argv[optind]);
	usage(stderr);
	return 2;
}

static void print_line(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

static void log_line(const char *line)
{
	log_err("%s", line);
}

static int check_config(const char *file)
{
	struct conf conf;

	if (config_read(file, &conf, print_line))
		return 1;
	conf_free(&conf);
	printf("%s: OK\n", file);
	return 0;
}

/* ---- running ---- */

/* A manager that asks and cannot be told would wait and then kill us. */
static void tell_manager(const char *state)
{
	if (notify(state) < 0)
		log_warn("service manager: %s", strerror(errno));
}

static void on_event(void *ctx, const struct nhrp_event *event)
{
	struct daemon *d = ctx;
	char vrf[IF_NAMESIZE];

	message_log(&d->messages, event,
		    kernel_vrf(&d->kernel, event->ifname, vrf), loop_now());
	control_event(&d->control, event);
	if ((event->type == NHRP_EVENT_NHS ||
	     event->type == NHRP_EVENT_NHS_DOWN) &&
	    event->level == NHRP_LEVEL_WARNING)
		resolver_hurry(&d->resolver);
}

static void on_tick(void *arg)
{
	struct daemon *d = arg;

	nhrp_tick(d->nhrp, loop_now());
}

/* Whatever has happened: when is the next thing due? */
static void after_event(void *arg)
{
	struct daemon *d = arg;

	kernel_queue_flush(&d->kernel);
	if (d->stopping && nhrp_stopped(d->nhrp))
		loop_quit(&d->loop);
	else
		watch_at(&d->tick, nhrp_deadline(d->nhrp));
}

static void on_stop(void *arg)
{
	struct daemon *d = arg;

	if (d->stopping) {
		loop_quit(&d->loop);
		return;
	}
	log_info("stopping: leaving the cloud");
	tell_manager(NOTIFY_STOPPING);
	d->stopping = true;
	nhrp_stop(d->nhrp, loop_now());
}

static void reload(struct daemon *d)
{
	struct conf conf;

	if (config_read(d->conf_file, &conf, log_line)) {
		log_err("%s has errors: going on with the former one",
			d->conf_file);
		return;
	}
	if (nhrp_configure(d->nhrp, loop_now(), &conf)) {
		log_err("out of memory: going on with the former configuration");
		conf_free(&conf);
		return;
	}
	conf_free(&d->conf);
	d->conf = conf;
	authorizers_configure(&d->authorizers, &d->conf);
	kernel_claim_frames(&d->kernel);
	resolver_configure(&d->resolver);
	log_info("%s read again", d->conf_file);
}

static void on_reload(void *arg)
{
	tell_manager(NOTIFY_RELOADING);
	reload(arg);
	tell_manager(NOTIFY_READY);
}

static int watch_signals(struct daemon *d)
{
	return watch_signal(&d->loop, &d->sigterm, SIGTERM, on_stop, d) ||
	       watch_signal(&d->loop, &d->sigint, SIGINT, on_stop, d) ||
	       watch_signal(&d->loop, &d->sighup, SIGHUP, on_reload, d) ||
	       watch_timer(&d->loop, &d->tick, on_tick, d) ? -1 : 0;
}

/* Read the kernel's state before anything is written to it. */
static int start(struct daemon *d)
{
	authorizers_init(&d->authorizers, d);
	if (resolver_open(&d->resolver, d))
		return -1;
	d->nhrp = nhrp_create(&kernel_nl_ops, on_event, d, loop_now(),
			      (uint64_t)time(NULL));
	if (!d->nhrp || nhrp_configure(d->nhrp, loop_now(), &d->conf)) {
		log_err("out of memory");
		return -1;
	}
	nhrp_set_authorizer(d->nhrp, authorizers_ask);
	if (kernel_open(&d->kernel, d))
		return -1;
	kernel_read_devices(&d->kernel);
	kernel_adopt(&d->kernel);
	nhrp_start(d->nhrp, loop_now());
	resolver_configure(&d->resolver);
	d->loop.after = after_event;
	d->loop.arg = d;
	after_event(d);
	return 0;
}

static void finish(struct daemon *d)
{
	control_close(&d->control);
	authorizers_close(&d->authorizers);
	if (d->nhrp)
		nhrp_destroy(d->nhrp);
	resolver_close(&d->resolver);
	kernel_close(&d->kernel);
	watch_stop(&d->tick);
	watch_stop(&d->sigterm);
	watch_stop(&d->sigint);
	watch_stop(&d->sighup);
	loop_fini(&d->loop);
	conf_free(&d->conf);
}

/*
 * In the background, the parent waits until the child says that it runs, so
 * that the exit status tells. Returns the descriptor to say it to, or -1.
 */
static int become_daemon(void)
{
	int ready[2], null;
	char ok;

	if (pipe2(ready, O_CLOEXEC))
		return -1;
	switch (fork()) {
	case -1:
		return -1;
	case 0:
		break;
	default:
		close(ready[1]);
		_exit(read(ready[0], &ok, 1) == 1 ? 0 : 1);
	}
	close(ready[0]);
	setsid();
	if (chdir("/"))
		log_warn("/: %s", strerror(errno));
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	return ready[1];
}

static void say_ready(int fd)
{
	if (fd < 0)
		return;
	if (write(fd, "", 1) == 1)
		dup2(STDIN_FILENO, STDERR_FILENO);
	close(fd);
}

static int enter_netns(const char *name)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s%s", strchr(name, '/') ? "" :
		 NETNS_DIR, strchr(name, '/') ? "" : "/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET)) {
		fprintf(stderr, "nhrpd: network namespace %s: %s\n", name,
			strerror(errno));
		return -1;
	}
	close(fd);
	return 0;
}

/* The pid file is also the lock: there is one nhrpd in a namespace. */
static int lock_pid_file(void)
{
	char path[RUNDIR_PATH];
	int fd;

	if ((mkdir(RUNDIR, 0755) && errno != EEXIST) ||
	    rundir_path(path, "pid")) {
		fprintf(stderr, "nhrpd: %s: %s\n", RUNDIR, strerror(errno));
		return -1;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0) {
		fprintf(stderr, "nhrpd: %s: %s\n", path, strerror(errno));
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		fprintf(stderr,
			"nhrpd: another nhrpd runs in this network namespace;"
			" its process id is in %s\n", path);
		close(fd);
		return -1;
	}
	return fd;
}

static void write_pid(int fd, const char *file)
{
	FILE *f;

	if (ftruncate(fd, 0) || dprintf(fd, "%d\n", getpid()) < 0)
		log_warn("pid file: %s", strerror(errno));
	if (!file)
		return;
	f = fopen(file, "we");
	if (!f || fprintf(f, "%d\n", getpid()) < 0 || fclose(f))
		log_warn("%s: %s", file, strerror(errno));
}

static int run(const struct options *o, int lock)
{
	struct daemon d = {
		.conf_file = o->conf_file,
		.control.fd = -1,
		.messages.rate = o->rate,
	};
	int ready = o->foreground ? -1 : become_daemon();
	int err;

	log_open("nhrpd", o->foreground ? LOG_TARGET_STDERR :
					  LOG_TARGET_SYSLOG, o->debug);
	write_pid(lock, o->pid_file);
	if (hash_seed())
		log_warn("getrandom: %s: members of the cloud can slow down"
			 " tables that they fill", strerror(errno));
	err = config_read(d.conf_file, &d.conf, print_line) ||
	      loop_init(&d.loop) || watch_signals(&d) || start(&d) ||
	      control_open(&d.control, &d);
	if (!err) {
		log_info("running with %zu interface%s", d.conf.n_iface,
			 d.conf.n_iface == 1 ? "" : "s");
		say_ready(ready);
		tell_manager(NOTIFY_READY);
		err = loop_run(&d.loop);
		log_info("stopped");
	}
	finish(&d);
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct options o;
	int lock, status = parse_options(argc, argv, &o);

	if (status >= 0)
		return status;
	if (o.check)
		return check_config(o.conf_file);
	if (o.netns && enter_netns(o.netns))
		return 1;
	/* Relative names have to work after a change of directory. */
	if (!o.foreground && o.conf_file[0] != '/') {
		fprintf(stderr, "nhrpd: -c %s: use a full path\n",
			o.conf_file);
		return 2;
	}
	lock = lock_pid_file();
	if (lock < 0)
		return 1;
	status = run(&o, lock);
	if (o.pid_file)
		unlink(o.pid_file);
	return status;
}
