/*
 * hub/serve/template.c
 *		A form, or the tables of records, as a workbook to be filled in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "document/template.h"
#include "program/log.h"
#include "program/utf8.h"
#include "serve/answer.h"
#include "serve/request.h"
#include "serve/routes.h"

#define TYPE_XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* A form, or the tables of records. The workbook is written into memory that has the name of a file. */
static bool
send_workbook(Request *request, const Template *template, const PGresult *tables)
{
	int			fd = memfd_create("template", MFD_CLOEXEC);
	char		path[64];
	struct stat st;
	char	   *bytes = NULL;
	bool		fine = false;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd >= 0 && (tables != NULL ? template_records(template, tables, path) : template_xlsx(template, path)) == HUB_OK && fstat(fd, &st) == 0 && st.st_size > 0 &&
		(bytes = malloc((size_t) st.st_size)) != NULL && pread(fd, bytes, (size_t) st.st_size, 0) == st.st_size)
	{
		answer_text(request, 200, TYPE_XLSX, bytes, (size_t) st.st_size);
		fine = true;
	}
	free(bytes);
	if (fd >= 0)
		close(fd);
	return fine;
}

void
template_run(Request *request, Session *session)
{
	const char *values[] = {request->name, request_argument(request, "period")};
	Template	template = {.period = values[1]};
	PGresult   *result;
	char		disposition[128];

	if (values[1] != NULL && !utf8_is_valid(values[1], strlen(values[1])))
	{
		answer_problem(request, 422, "The quarter is not text in UTF-8. Write it as 2025-Q2, which is 1 July to 30 September 2025.");
		request_resume(request);
		return;
	}
	result = session_query(session, request->identity->role, request->route->query, 2, values);
	if (result == NULL)
		answer_database(request, session, "a form could not be read");
	else if (PQntuples(result) == 0)
		answer_problem(request, 404, values[1] != NULL ? "There is no such form for that quarter; see /v1/forms." : "There is no such form; see /v1/forms.");
	else
	{
		bool		records = strcmp(request->name, "records") == 0;

		if (!records)
			template.form = json_tokener_parse(PQgetvalue(result, 0, 0));
		template.period_words = PQgetisnull(result, 0, 1) ? NULL : PQgetvalue(result, 0, 1);
		if ((!records && template.form == NULL) || !send_workbook(request, &template, records ? result : NULL))
			answer_problem(request, 500, "The service failed; its log says why.");
		else
		{
			snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s.xlsx\"", request->name);
			answer_header(request, MHD_HTTP_HEADER_CONTENT_DISPOSITION, disposition);
		}
		json_object_put(template.form);
	}
	PQclear(result);
	request_resume(request);
}
