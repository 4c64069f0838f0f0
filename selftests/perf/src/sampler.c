// SPDX-License-Identifier: GPL-2.0
/*
 * Where the kernel spends its time: from when the module is loaded, the place
 * where the processor is goes on a list every few microseconds. The list is
 * read from debugfs, one function a line, which ends that. For one processor.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/seq_file.h>
#include <linux/vmalloc.h>

/* Not a multiple of anything that a flow may repeat. */
static unsigned int period = 19997;
module_param(period, uint, 0444);
MODULE_PARM_DESC(period, "nanoseconds between samples, not below 10000");

static unsigned int room = 1 << 18;
module_param(room, uint, 0444);
MODULE_PARM_DESC(room, "samples that are kept, the first ones");

static unsigned long *samples;
static unsigned int n_samples;
static struct perf_event *event;
static struct dentry *file;

static void take(struct perf_event *from, struct perf_sample_data *data,
		 struct pt_regs *regs)
{
	if (n_samples < room)
		samples[n_samples++] = user_mode(regs) ? 0 :
				       instruction_pointer(regs);
}

/* To read them is not what they are about. */
static void *list_start(struct seq_file *list, loff_t *pos)
{
	if (!*pos)
		perf_event_disable(event);
	return *pos < n_samples ? &samples[*pos] : NULL;
}

static void *list_next(struct seq_file *list, void *at, loff_t *pos)
{
	++*pos;
	return *pos < n_samples ? &samples[*pos] : NULL;
}

static void list_stop(struct seq_file *list, void *at)
{
}

static int list_show(struct seq_file *list, void *at)
{
	unsigned long ip = *(unsigned long *)at;

	if (ip)
		seq_printf(list, "%ps\n", (void *)ip);
	else
		seq_puts(list, "(user space)\n");
	return 0;
}

static const struct seq_operations list_sops = {
	.start = list_start,
	.next = list_next,
	.stop = list_stop,
	.show = list_show,
};

DEFINE_SEQ_ATTRIBUTE(list);

static int __init sampler_init(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = period,
		.pinned = 1,
		.exclude_idle = 1,
	};

	samples = vcalloc(room, sizeof(*samples));
	if (!samples)
		return -ENOMEM;
	event = perf_event_create_kernel_counter(&attr, 0, NULL, take, NULL);
	if (IS_ERR(event)) {
		vfree(samples);
		return PTR_ERR(event);
	}
	file = debugfs_create_file("sampler", 0400, NULL, NULL, &list_fops);
	return 0;
}

static void __exit sampler_exit(void)
{
	debugfs_remove(file);
	perf_event_release_kernel(event);
	vfree(samples);
}

module_init(sampler_init);
module_exit(sampler_exit);
MODULE_DESCRIPTION("A list of where the kernel is");
MODULE_LICENSE("GPL");
