/*
 * hub/serve/request.c
 *		A request in the hands of whoever has it.
 */
#include "serve/links.h"
#include "serve/request.h"

void
request_suspend(Request *request)
{
	request->stage = request->stage == STAGE_HEADERS ? STAGE_HEADERS : STAGE_WORK;
	atomic_fetch_add(&request->server->in_flight, 1);
	link_work(link_of(request->connection));
	MHD_suspend_connection(request->connection);
}

void
request_resume(Request *request)
{
	Server	   *server = request->server;

	MHD_resume_connection(request->connection);
	atomic_fetch_sub(&server->in_flight, 1);
}

const char *
request_argument(Request *request, const char *name)
{
	const char *value = MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);

	return value != NULL && *value != '\0' ? value : NULL;
}
