/*
 * hub/intake/returns.c
 *		Taking in a programme's return: a CSV file of "field,value" lines.
 *
 * The file goes to the database as three arrays: lines, fields, answers. What they mean, whether they are
 * accepted and what is said about them is decided there, by intake.receive.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/db.h"
#include "intake/returns.h"
#include "load/reader.h"
#include "log.h"
#include "report/table.h"
#include "settings.h"

/* A return is a page or two. */
#define RETURN_LIMIT ((size_t) 16 * 1024 * 1024)

/* The text form of an array, as it grows. */
typedef struct ArrayText
{
	char	   *text;
	size_t		length;
	size_t		size;
	bool		failed;			/* out of memory */
} ArrayText;

typedef struct ReturnFile
{
	const char *path;
	const char *name;			/* without its folder */
	char	   *bytes;
	size_t		size;
	char		sha256[65];
	ArrayText	lines;
	ArrayText	fields;
	ArrayText	answers;
} ReturnFile;

static void
append(ArrayText *array, const char *bytes, size_t n)
{
	if (array->failed)
		return;
	if (array->length + n + 1 > array->size)
	{
		size_t		size = (array->length + n + 1) * 2;
		char	   *text = realloc(array->text, size);

		if (text == NULL)
		{
			array->failed = true;
			return;
		}
		array->text = text;
		array->size = size;
	}
	memcpy(array->text + array->length, bytes, n);
	array->length += n;
	array->text[array->length] = '\0';
}

/* Every element is quoted, so that neither commas nor the word NULL mean anything. */
static void
append_element(ArrayText *array, const char *text, size_t length)
{
	append(array, array->length == 0 ? "{\"" : ",\"", 2);
	for (size_t i = 0; i < length; i++)
	{
		if (text[i] == '"' || text[i] == '\\')
			append(array, "\\", 1);
		append(array, text + i, 1);
	}
	append(array, "\"", 1);
}

static void
finish_array(ArrayText *array)
{
	if (array->length == 0)
		append(array, "{", 1);
	append(array, "}", 1);
}

static HubExit
read_file(ReturnFile *file)
{
	int			fd = open(file->path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	HubExit		exit_code = HUB_FILE;

	if (fd < 0 || fstat(fd, &st) != 0)
		log_error("%s: %s", file->path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		log_error("%s: not a file", file->path);
	else if ((uint64_t) st.st_size > RETURN_LIMIT)
	{
		log_error("%s: refused: a return is not larger than %zu MiB", file->path, RETURN_LIMIT / 1024 / 1024);
		exit_code = HUB_REFUSED;
	}
	else if ((file->bytes = malloc((size_t) st.st_size + 1)) == NULL)
	{
		log_error("out of memory");
		exit_code = HUB_INTERNAL;
	}
	else
	{
		ssize_t		n = 1;

		while (file->size < (size_t) st.st_size &&
			   (n = read(fd, file->bytes + file->size, (size_t) st.st_size - file->size)) > 0)
			file->size += (size_t) n;
		if (n < 0)
			log_error("%s: %s", file->path, strerror(errno));
		else
			exit_code = HUB_OK;
	}
	if (fd >= 0)
		close(fd);
	return exit_code;
}

static bool
hash_file(ReturnFile *file)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(file->bytes, file->size, digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	for (int i = 0; i < 32; i++)
		snprintf(file->sha256 + i * 2, 3, "%02x", digest[i]);
	return true;
}

static bool
cell_is(const Cell *cell, const char *word)
{
	return cell->length == strlen(word) && strncasecmp(cell->text, word, cell->length) == 0;
}

/* A spreadsheet may add empty cells at the end of each line. */
static int
filled_cells(const Record *record)
{
	int			n = record->ncells;

	while (n > 0 && record->cells[n - 1].length == 0)
		n--;
	return n;
}

/* The lines of the file; what can't be told apart is refused, since a guess would lose or move people. */
static HubExit
read_rows(ReturnFile *file)
{
	Reader		reader;
	Record		record;
	ReaderStatus status;
	HubExit		exit_code = HUB_OK;
	bool		first = true;
	char		line[24];

	if (!reader_open_bytes(&reader, file->bytes, file->size))
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	while ((status = reader_record(&reader, &record)) == READER_OK)
	{
		int			n = record.problem == NULL ? filled_cells(&record) : 0;

		if (record.problem != NULL)
		{
			log_error("%s: refused: line %ld: %s", file->path, record.line, record.problem);
			exit_code = HUB_REFUSED;
			continue;
		}
		if (n > 2)
		{
			log_error("%s: refused: line %ld has %d cells, expected two: field,value", file->path, record.line, n);
			exit_code = HUB_REFUSED;
			continue;
		}
		if (n == 0 || (first && n == 2 && cell_is(&record.cells[0], "field") && cell_is(&record.cells[1], "value")))
		{
			first = first && n == 0;
			continue;
		}
		first = false;
		snprintf(line, sizeof(line), "%ld", record.line);
		append_element(&file->lines, line, strlen(line));
		append_element(&file->fields, record.cells[0].text, record.cells[0].length);
		append_element(&file->answers, n > 1 ? record.cells[1].text : "", n > 1 ? record.cells[1].length : 0);
	}
	reader_close(&reader);
	if (status == READER_STOPPED)
		return HUB_STOPPED;
	if (status != READER_END)
	{
		log_error("%s: could not be read", file->path);
		return HUB_INTERNAL;
	}
	if (exit_code == HUB_REFUSED)
		log_error("hint: Save it as CSV in UTF-8, a value with a comma in double quotes.");
	else if (file->lines.length == 0)
	{
		log_error("%s: refused: it has no \"field,value\" line", file->path);
		exit_code = HUB_REFUSED;
	}
	finish_array(&file->lines);
	finish_array(&file->fields);
	finish_array(&file->answers);
	if (file->lines.failed || file->fields.failed || file->answers.failed)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	return exit_code;
}

/* The causes that lie in the call or the file, not in the database. */
static HubExit
refused(Db *db, const char *path)
{
	const char *sqlstate = db->error.sqlstate;
	bool		usage = strcmp(sqlstate, "22007") == 0 || strcmp(sqlstate, "22023") == 0;
	bool		refusal = strcmp(sqlstate, "P0002") == 0 || strcmp(sqlstate, "55000") == 0 ||
		strcmp(sqlstate, "54000") == 0;
	char		what[512];
	HubExit		exit_code;

	snprintf(what, sizeof(what), "%s: refused, nothing of it is stored", path);
	exit_code = db_failed(db, what);
	return usage ? HUB_USAGE : refusal ? HUB_REFUSED : exit_code;
}

static HubExit
send_file(Hub *hub, Db *db, ReturnFile *file, FILE *out)
{
	const struct passwd *user = getpwuid(geteuid());
	const char *form = setting_text(hub, "form");
	char		size[24];
	char		from[128];
	const char *values[10] = {setting_text(hub, "programme"), setting_text(hub, "period"), form != NULL ? form : "new",
	file->name, size, file->sha256, from, file->lines.text, file->fields.text, file->answers.text};
	PGresult   *verdict;
	PGresult   *receipt;
	bool		accepted;
	bool		already;
	bool		findings;
	HubExit		exit_code;

	snprintf(size, sizeof(size), "%zu", file->size);
	snprintf(from, sizeof(from), "command line, %s", user != NULL ? user->pw_name : "unknown user");
	verdict = db_query(db, "return_receive", 10, values);
	if (verdict == NULL)
		return refused(db, file->path);
	/* Only an accepted return with nothing to ask ends well; bytes that came before do unless they were refused. */
	accepted = strcmp(PQgetvalue(verdict, 0, 1), "rejected") != 0;
	already = PQgetvalue(verdict, 0, 2)[0] == 't';
	findings = strcmp(PQgetvalue(verdict, 0, 3), "0") != 0;
	exit_code = accepted && (already || !findings) ? HUB_OK : HUB_REJECTS;
	values[0] = PQgetvalue(verdict, 0, 0);
	values[1] = PQgetvalue(verdict, 0, 2);
	receipt = db_query(db, setting_flag(hub, "json") ? "return_receipt_json" : "return_receipt", 2, values);
	if (receipt == NULL)
		exit_code = db_failed(db, "it is stored, but there is no receipt");
	else if (!setting_flag(hub, "quiet"))
		table_write_lines(out, receipt);
	PQclear(receipt);
	PQclear(verdict);
	return exit_code;
}

static HubExit
load_one(Hub *hub, Db *db, const char *path, FILE *out)
{
	ReturnFile	file = {0};
	const char *slash = strrchr(path, '/');
	HubExit		exit_code;

	file.path = path;
	file.name = slash != NULL ? slash + 1 : path;
	exit_code = read_file(&file);
	if (exit_code == HUB_OK && !hash_file(&file))
	{
		log_error("%s: could not compute a checksum", path);
		exit_code = HUB_INTERNAL;
	}
	if (exit_code == HUB_OK)
		exit_code = read_rows(&file);
	if (exit_code == HUB_OK)
		exit_code = send_file(hub, db, &file, out);
	free(file.bytes);
	free(file.lines.text);
	free(file.fields.text);
	free(file.answers.text);
	return exit_code;
}

HubExit
return_load(Hub *hub, int argc, char **argv, FILE *out)
{
	Db			db;
	HubExit		exit_code;

	if (argc != 1 || setting_text(hub, "programme") == NULL || setting_text(hub, "period") == NULL)
	{
		log_error("load --as return takes one file, --programme and --period");
		log_error("hint: wardstar-hub load --as return --programme NAME --period 2025-Q2 --form new FILE.csv");
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &db, "return");
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = load_one(hub, &db, argv[0], out);
	db_close(&db);
	return exit_code;
}
