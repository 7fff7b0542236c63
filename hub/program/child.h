/*
 * hub/program/child.h
 *		Starting another program with limits, and learning why it did not start.
 */
#ifndef HUB_CHILD_H
#define HUB_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "hub.h"

/*
 * Starts a child: it runs become(context, report), which sets it up and executes the program. Between fork and exec only
 * what is async-signal-safe may be called, since the hub may have threads. Returns its pid once the program runs; else
 * -1, with the step that failed and why in reason: "could not execute it: No such file or directory".
 */
extern pid_t child_start(void (*become) (const void *context, int report), const void *context, char *reason,
						 size_t size) HUB_MUST_CHECK;

/* In the child: tells the parent that a step failed, with errno, and ends. The step completes "could not …". */
extern _Noreturn void child_failed(int report, const char *step);

/*
 * In the child: lowers a limit to at most soft and hard. What is lower already stays, since only root may
 * raise a hard limit. False with errno.
 */
extern bool child_limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard) HUB_MUST_CHECK;

#endif
