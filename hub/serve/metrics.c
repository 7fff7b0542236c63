/*
 * hub/serve/metrics.c
 *		Counters of the service, in Prometheus' text format.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "serve/answer.h"
#include "serve/metrics.h"
#include "serve/routes.h"

#define BUCKETS 11

static const double bounds[BUCKETS] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 2, 10};

struct Metrics
{
	atomic_long counters[METRIC_COUNT];
	atomic_long statuses[6];	/* by hundreds */
	atomic_long buckets[BUCKETS + 1];
	atomic_long microseconds;
	time_t		started;
};

static const struct
{
	const char *name;
	const char *help;
}			counters[METRIC_COUNT] = {
#define X(name, word, help) {word, help},
	METRIC_COUNTERS(X)
#undef X
};

Metrics *
metrics_create(void)
{
	Metrics    *metrics = calloc(1, sizeof(Metrics));

	if (metrics != NULL)
		metrics->started = time(NULL);
	return metrics;
}

void
metrics_free(Metrics *metrics)
{
	free(metrics);
}

void
metrics_count(Metrics *metrics, Metric metric, long n)
{
	atomic_fetch_add(&metrics->counters[metric], n);
}

void
metrics_request(Metrics *metrics, unsigned status, double seconds)
{
	int			i = 0;

	atomic_fetch_add(&metrics->statuses[status / 100 < 6 ? status / 100 : 5], 1);
	while (i < BUCKETS && seconds > bounds[i])
		i++;
	atomic_fetch_add(&metrics->buckets[i], 1);
	atomic_fetch_add(&metrics->microseconds, (long) (seconds * 1e6));
}

/* Pages of memory in use, from the kernel. */
static long
resident_bytes(void)
{
	FILE	   *file = fopen("/proc/self/statm", "re");
	long		pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

static void
write_metrics(Server *server, FILE *out)
{
	Metrics    *m = server->metrics;
	long		sum = 0;

	for (int i = 0; i < METRIC_COUNT; i++)
		fprintf(out, "# HELP wardstar_%s %s\n# TYPE wardstar_%s counter\nwardstar_%s %ld\n", counters[i].name,
				counters[i].help, counters[i].name, counters[i].name, atomic_load(&m->counters[i]));
	fputs("# HELP wardstar_requests_total requests answered, by the first digit of the status\n"
		  "# TYPE wardstar_requests_total counter\n", out);
	for (int i = 1; i < 6; i++)
		fprintf(out, "wardstar_requests_total{status=\"%dxx\"} %ld\n", i, atomic_load(&m->statuses[i]));
	fputs("# HELP wardstar_request_seconds from a request's headers to its answer's end\n"
		  "# TYPE wardstar_request_seconds histogram\n", out);
	for (int i = 0; i < BUCKETS; i++)
	{
		sum += atomic_load(&m->buckets[i]);
		fprintf(out, "wardstar_request_seconds_bucket{le=\"%g\"} %ld\n", bounds[i], sum);
	}
	sum += atomic_load(&m->buckets[BUCKETS]);
	fprintf(out, "wardstar_request_seconds_bucket{le=\"+Inf\"} %ld\nwardstar_request_seconds_sum %.6f\n"
			"wardstar_request_seconds_count %ld\n", sum, (double) atomic_load(&m->microseconds) / 1e6, sum);
	fprintf(out, "# HELP wardstar_requests_handed_on requests that wait for disk, database or a verdict\n"
			"# TYPE wardstar_requests_handed_on gauge\nwardstar_requests_handed_on %ld\n", atomic_load(&server->in_flight));
	fprintf(out, "# HELP wardstar_ready whether the database answers and its schema is this program's\n"
			"# TYPE wardstar_ready gauge\nwardstar_ready %d\n", atomic_load(&server->ready) ? 1 : 0);
	fprintf(out, "# HELP process_resident_memory_bytes memory in use\n# TYPE process_resident_memory_bytes gauge\n"
			"process_resident_memory_bytes %ld\n", resident_bytes());
	fprintf(out, "# HELP process_start_time_seconds when the service started\n# TYPE process_start_time_seconds gauge\n"
			"process_start_time_seconds %ld\n", (long) m->started);
	fprintf(out, "# HELP wardstar_build_info the version\n# TYPE wardstar_build_info gauge\nwardstar_build_info{version=\"%s\"} 1\n",
			WARDSTAR_VERSION);
}

void
metrics_answer(Request *request)
{
	char	   *text = NULL;
	size_t		size = 0;
	FILE	   *out = open_memstream(&text, &size);

	if (out == NULL)
	{
		answer_unavailable(request, "The service is short of memory.");
		return;
	}
	write_metrics(request->server, out);
	if (fclose(out) == 0)
		answer_text(request, 200, "text/plain; version=0.0.4; charset=utf-8", text, size);
	else
		answer_unavailable(request, "The service is short of memory.");
	free(text);
}

/* The process is alive if it can say so. */
void
health_answer(Request *request)
{
	answer_fixed(request, 200, "text/plain; charset=utf-8", "ok\n", 3);
}

/* Whether an upload sent now would be taken. */
void
ready_answer(Request *request)
{
	Server	   *server = request->server;

	if (atomic_load(&server->stopping))
		answer_unavailable(request, "The service is stopping.");
	else if (!atomic_load(&server->ready))
		answer_unavailable(request, "The database can't be reached, or its schema is not this program's.");
	else
		answer_fixed(request, 200, "text/plain; charset=utf-8", "ready\n", 6);
}
