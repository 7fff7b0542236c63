/*
 * hub/serve/metrics.h
 *		Counters of the service, for Prometheus. No label of them names a partner.
 */
#ifndef HUB_METRICS_H
#define HUB_METRICS_H

#include "serve/server.h"

/* name in C, name, help */
#define METRIC_COUNTERS(X) \
	X(METRIC_UPLOADS, "uploads_total", "files taken into the ledger") \
	X(METRIC_REPEATED, "uploads_repeated_total", "files that had been sent before") \
	X(METRIC_BYTES, "upload_bytes_total", "bytes of the files taken in") \
	X(METRIC_GROUPS, "ledger_commits_total", "transactions that entered one or more files into the ledger") \
	X(METRIC_CHECKED, "checked_total", "files that a worker of this process has checked") \
	X(METRIC_FAILED, "check_failures_total", "checks that failed for a cause of the hub's own") \
	X(METRIC_SIGN_INS, "sign_ins_total", "tokens looked up in the database") \
	X(METRIC_WRONG_TOKENS, "wrong_tokens_total", "requests with a token that is not in force") \
	X(METRIC_LIMITED, "limited_total", "requests refused because there were too many") \
	X(METRIC_SLOW, "slow_clients_total", "connections closed because a request took too long to arrive") \
	X(METRIC_SWEPT, "swept_total", "spool files removed because the ledger does not name them")

typedef enum Metric
{
#define X(name, word, help) name,
	METRIC_COUNTERS(X)
#undef X
	METRIC_COUNT
} Metric;

extern Metrics *metrics_create(void);
extern void metrics_free(Metrics *metrics);
extern void metrics_count(Metrics *metrics, Metric metric, long n);

/* One answered request: its status and how long it took. */
extern void metrics_request(Metrics *metrics, unsigned status, double seconds);

#endif
