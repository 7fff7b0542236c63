/*
 * tests/unit/hub_damaged_test.c
 *		Damaged documents: seeded mutations of each kind are read or refused, never a crash, within limits of time and memory.
 *		Prints TAP.
 *
 * wardstar-read is linked in, sanitized, and runs in a child a document; what it prints, whole and damaged too, goes
 * through the hub's own reading (document, layout, CSV, tables of records), sanitized as well. WARDSTAR_SEED and WARDSTAR_DAMAGED set the seed
 * and the number of documents; make check-long takes more of them, and a seed of its own.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "db/embedded.h"
#include "document/client_table.h"
#include "document/document.h"
#include "document/layout.h"
#include "document/return_file.h"
#include "document/template.h"
#include "program/log.h"
#include "program/settings.h"

#define MAX_MEMBERS 40
#define CPU_SECONDS 10
/* The sanitizer keeps a shadow and a quarantine; without it the reader has 512 MiB. */
#define MEMORY_KIB (1024L * 1024)

const HubCommand *const hub_commands[] = {NULL};

extern int	reader_main(int argc, char **argv);

typedef struct Bytes
{
	unsigned char *at;
	size_t		size;
} Bytes;

typedef struct Package
{
	size_t		count;
	char	   *names[MAX_MEMBERS];
	Bytes		parts[MAX_MEMBERS];
} Package;

enum
{
	XLSX, DOCX, ODS, ODD_XLSX, CSV, WIDE, SEEDS
};
static const char *const seed_names[SEEDS] = {"xlsx", "docx", "ods", "odd xlsx", "csv", "wide csv"};

static char folder[64];
static int	in_child;
static uint64_t state;

/* The reader ends by exit() and leaves its memory to the system. */
int			__lsan_is_turned_off(void);
int
__lsan_is_turned_off(void)
{
	return in_child;
}

static uint64_t
chance(uint64_t below)
{
	uint64_t	x = (state += 0x9e3779b97f4a7c15ULL);

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return (x ^ (x >> 31)) % below;
}

static Bytes
copy_of(const void *at, size_t size)
{
	Bytes		copy = {malloc(size + 1), size};

	if (copy.at == NULL)
		abort();
	if (size > 0)
		memcpy(copy.at, at, size);
	copy.at[size] = '\0';
	return copy;
}

static Bytes
read_file(const char *path)
{
	FILE	   *file = fopen(path, "rb");
	static unsigned char room[1024 * 1024];
	size_t		size = file != NULL ? fread(room, 1, sizeof(room), file) : 0;

	if (file == NULL || size == 0)
		abort();
	fclose(file);
	return copy_of(room, size);
}

/* Puts "text" in place of "cut" bytes at a place. */
static void
put_in(Bytes *bytes, size_t at, size_t cut, const void *text, size_t length)
{
	Bytes		made;

	if (at > bytes->size)
		at = bytes->size;
	if (cut > bytes->size - at)
		cut = bytes->size - at;
	if (bytes->size + length > 4 * 1024 * 1024)
		return;
	made = copy_of("", 0);
	made.at = realloc(made.at, bytes->size - cut + length + 1);
	if (made.at == NULL)
		abort();
	memcpy(made.at, bytes->at, at);
	memcpy(made.at + at, text, length);
	memcpy(made.at + at + length, bytes->at + at + cut, bytes->size - at - cut);
	made.size = bytes->size - cut + length;
	made.at[made.size] = '\0';
	free(bytes->at);
	*bytes = made;
}

static void
damage_bytes(Bytes *bytes)
{
	for (uint64_t n = 1 + chance(8); n > 0 && bytes->size > 0; n--)
	{
		size_t		at = chance(bytes->size);
		unsigned char random = (unsigned char) chance(256);
		size_t		length = 1 + chance(64);

		switch (chance(6))
		{
			case 0:
				bytes->at[at] ^= (unsigned char) (1 << chance(8));
				break;
			case 1:
				bytes->at[at] = random;
				break;
			case 2:
				put_in(bytes, at, length, "", 0);
				break;
			case 3:
				put_in(bytes, at, 0, &random, 1);
				break;
			case 4:
				if (chance(4) == 0)
					put_in(bytes, at, bytes->size, "", 0);
				break;
			case 5:
				{
					Bytes		again;

					if (length > bytes->size - at)
						length = bytes->size - at;
					again = copy_of(bytes->at + at, length);
					put_in(bytes, chance(bytes->size), 0, again.at, again.size);
					free(again.at);
				}
		}
	}
}

/* From a place on, the next byte that is "which"; the size if there is none. */
static size_t
next(const Bytes *bytes, size_t at, char which)
{
	const unsigned char *found = at < bytes->size ? memchr(bytes->at + at, which, bytes->size - at) : NULL;

	return found != NULL ? (size_t) (found - bytes->at) : bytes->size;
}

/* Values that are well-formed and wrong: the parsers get through to the end with them. */
static void
damage_values(Bytes *bytes)
{
	static const char *const wild[] = {"-1", "0", "4294967296", "99999999999999999999", "1048577", "XFD1048576", "A0", "", "NaN", "1e999", "&amp;", "TRUE",
		"9999", "65535", "inlineStr", "b", "e", "collapse", "percentage", "2025-13-45", "Â ", "â", "restart", "AAA1:B2", "s", "d"};

	for (uint64_t n = 1 + chance(5); n > 0 && bytes->size > 0; n--)
	{
		size_t		at = chance(bytes->size);
		bool		in_text = chance(2) == 0;
		size_t		begin = next(bytes, at, in_text ? '>' : '"');
		const char *text = wild[chance(sizeof(wild) / sizeof(wild[0]))];
		size_t		end;

		/* Only a value between ="…" is one. */
		while (!in_text && begin < bytes->size && (begin == 0 || bytes->at[begin - 1] != '='))
			begin = next(bytes, begin + 1, '"');
		end = next(bytes, begin + 1, in_text ? '<' : '"');
		if (end < bytes->size)
			put_in(bytes, begin + 1, end - begin - 1, text, strlen(text));
	}
}

/* What a faulty or hostile program would write: tags lost, doubled or left open, numbers beyond all bounds. */
static void
damage_xml(Bytes *bytes)
{
	static const char *const wild[] = {"-1", "0", "4294967296", "99999999999999999999", "1048577", "XFD1048576", "A0", "", "NaN", "1e999",
		"&amp;", "&#0;", "&#xFFFF;", "&lol;", "<![CDATA[", "<!--", "]]>", "\xff\xfe", "\"", "<w:tbl>", "<table:table-cell table:number-columns-repeated=\"2147483647\"/>",
		"<c r=\"ZZZZZ9\" t=\"s\"><v>77777</v></c>", "<row r=\"-5\">", "<!DOCTYPE x [<!ENTITY lol \"lollol\">]>", "TRUE"};

	for (uint64_t n = 1 + chance(6); n > 0 && bytes->size > 0; n--)
	{
		size_t		at = chance(bytes->size);
		size_t		begin = next(bytes, at, '<');
		size_t		end = next(bytes, begin, '>');
		size_t		value = next(bytes, at, '"');
		const char *text = wild[chance(sizeof(wild) / sizeof(wild[0]))];

		switch (chance(6))
		{
			case 0:
				put_in(bytes, begin, end - begin + 1, "", 0);
				break;
			case 1:
				{
					Bytes		tag = copy_of(bytes->at + begin, end - begin + (end < bytes->size));

					for (uint64_t times = 1 + chance(200); times > 0; times--)
						put_in(bytes, begin, 0, tag.at, tag.size);
					free(tag.at);
					break;
				}
			case 2:
				put_in(bytes, value + 1, next(bytes, value + 1, '"') - value - 1, text, strlen(text));
				break;
			case 3:
				put_in(bytes, next(bytes, at, '>') + 1, 0, text, strlen(text));
				break;
			case 4:
				damage_bytes(bytes);
				break;
			case 5:
				if (chance(3) == 0)
					put_in(bytes, at, bytes->size, "", 0);
		}
	}
}

static void
package_read(const Bytes *bytes, Package *package)
{
	struct archive *zip = archive_read_new();
	struct archive_entry *entry;

	memset(package, 0, sizeof(*package));
	if (zip == NULL || archive_read_support_format_zip(zip) != ARCHIVE_OK ||
		archive_read_open_memory(zip, bytes->at, bytes->size) != ARCHIVE_OK)
		abort();
	while (archive_read_next_header(zip, &entry) == ARCHIVE_OK && package->count < MAX_MEMBERS)
	{
		static unsigned char room[2 * 1024 * 1024];
		la_ssize_t	n = archive_read_data(zip, room, sizeof(room));

		if (n < 0)
			abort();
		package->names[package->count] = strdup(archive_entry_pathname(entry));
		package->parts[package->count++] = copy_of(room, (size_t) n);
	}
	archive_read_free(zip);
}

static void
package_free(Package *package)
{
	for (size_t i = 0; i < package->count; i++)
	{
		free(package->names[i]);
		free(package->parts[i].at);
	}
}

static Bytes
package_write(const Package *package)
{
	static unsigned char room[8 * 1024 * 1024];
	struct archive *zip = archive_write_new();
	size_t		used = 0;

	if (zip == NULL || archive_write_set_format_zip(zip) != ARCHIVE_OK ||
		archive_write_open_memory(zip, room, sizeof(room), &used) != ARCHIVE_OK)
		abort();
	for (size_t i = 0; i < package->count; i++)
	{
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, package->names[i]);
		archive_entry_set_size(entry, (la_int64_t) package->parts[i].size);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0600);
		if (archive_write_header(zip, entry) != ARCHIVE_OK ||
			archive_write_data(zip, package->parts[i].at, package->parts[i].size) < 0)
			abort();
		archive_entry_free(entry);
	}
	if (archive_write_close(zip) != ARCHIVE_OK)
		abort();
	archive_write_free(zip);
	return copy_of(room, used);
}

/* Most documents keep a sound container, so that the damage reaches the readers of its parts. */
static Bytes
damaged(const Bytes *seed, int kind)
{
	Bytes		made;
	Package		package;
	size_t		i;

	if (kind >= CSV || chance(4) == 0)
	{
		made = copy_of(seed->at, seed->size);
		damage_bytes(&made);
		return made;
	}
	package_read(seed, &package);
	for (uint64_t n = 1 + chance(2); n > 0; n--)
	{
		i = chance(package.count);
		switch (chance(20))
		{
			case 0:
				package.parts[i].size = 0;
				break;
			case 1:
				{
					size_t		j = chance(package.count);
					Bytes		other = package.parts[j];

					package.parts[j] = package.parts[i];
					package.parts[i] = other;
					break;
				}
			case 2:
				free(package.names[i]);
				package.names[i] = strdup(package.names[chance(package.count)] == NULL ? "x" : "../../etc/passwd");
				break;
			case 3:
			case 4:
			case 5:
			case 6:
			case 7:
				damage_xml(&package.parts[i]);
				break;
			default:
				damage_values(&package.parts[i]);
		}
	}
	made = package_write(&package);
	package_free(&package);
	return made;
}

static const char content_xml[] =
"<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
"xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" "
"xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" office:version=\"1.2\"><office:automatic-styles>"
"<style:style style:name=\"ta2\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style></office:automatic-styles>"
"<office:body><office:spreadsheet><table:table table:name=\"Return\"><table:table-column table:number-columns-repeated=\"3\"/>"
"<table:table-row><table:table-cell office:value-type=\"string\"><text:p>Programme: POPs</text:p></table:table-cell></table:table-row>"
"<table:table-row><table:table-cell office:value-type=\"string\"><text:p>Age 18-25</text:p></table:table-cell>"
"<table:table-cell office:value-type=\"float\" office:value=\"12\"><text:p>12</text:p></table:table-cell></table:table-row>"
"<table:table-row table:visibility=\"collapse\"><table:table-cell table:number-columns-spanned=\"2\" office:value-type=\"string\"><text:p>25+</text:p></table:table-cell>"
"<table:covered-table-cell/><table:table-cell office:value-type=\"percentage\" office:value=\"0.25\"><text:p>25%</text:p></table:table-cell></table:table-row>"
"<table:table-row table:number-rows-repeated=\"3\"><table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"><text:p>TRUE</text:p></table:table-cell>"
"<table:table-cell office:value-type=\"date\" office:date-value=\"2025-11-05\"><text:p>05/11/25</text:p></table:table-cell>"
"<table:table-cell office:value-type=\"string\"><office:annotation><text:p>a comment</text:p></office:annotation><text:p>own</text:p><text:p>text</text:p></table:table-cell>"
"<table:table-cell table:formula=\"of:=[.B2]*2\" office:value-type=\"float\" office:value=\"24\"><text:p>24</text:p></table:table-cell></table:table-row>"
"<table:table-row table:number-rows-repeated=\"1048569\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>"
"</table:table><table:table table:name=\"Hidden\" table:style-name=\"ta2\"><table:table-row><table:table-cell office:value-type=\"string\"><text:p>x</text:p>"
"</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";

static const char sheet_xml[] =
"<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>"
"<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Age 18-25</t></is></c><c r=\"B1\"><v>12</v></c></row>"
"<row r=\"2\" hidden=\"1\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" t=\"b\"><v>1</v></c><c r=\"C2\" s=\"1\"><v>0.25</v></c></row>"
"<row r=\"3\"><c r=\"A3\" s=\"2\"><v>45966</v></c><c r=\"B3\" t=\"e\"><v>#REF!</v></c><c r=\"C3\" t=\"str\"><f>A1&amp;B1</f><v>x</v></c></row>"
"</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A3:A5\"/></mergeCells></worksheet>";

static Bytes
package_of(const char *const *parts)
{
	Package		package = {0};
	Bytes		made;

	for (; *parts != NULL; parts += 2)
	{
		package.names[package.count] = strdup(parts[0]);
		package.parts[package.count++] = copy_of(parts[1], strlen(parts[1]));
	}
	made = package_write(&package);
	package_free(&package);
	return made;
}

static void
make_seeds(Bytes seeds[SEEDS])
{
	static const char *const ods[] = {"mimetype", "application/vnd.oasis.opendocument.spreadsheet",
		"META-INF/manifest.xml", "<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
		"content.xml", content_xml, NULL};
	static const char csv[] = "field,value\r\nprogramme,POPs\r\nperiod,2025-Q2\r\nbasis,new_referrals\r\ntotal,12\r\nage.18-25,\"8\"\r\nage.25+,4\r\n"
		"place.postcode.L1 8JQ,2\r\nnarrative.activities,\"We met, twice.\r\nAnd \"\"again\"\".\"\r\n";
	static const char wide[] = "\xef\xbb\xbf" "programme,period,total,age.18-25,age.25+,narrative.stories\nPOPs,2025-Q2,12,8,4,\"caf\xc3\xa9, \"\"x\"\"\"\n";
	Template	form = {.programme = "POPs", .period = "2025-Q2", .period_words = "1 July to 30 September 2025"};
	Package		package;
	char		path[128];

	form.form = json_tokener_parse(embedded_find("forms/improved.json"));
	snprintf(path, sizeof(path), "%s/form.xlsx", folder);
	if (template_xlsx(&form, path) != HUB_OK)
		abort();
	seeds[XLSX] = read_file(path);
	(void) unlink(path);
	snprintf(path, sizeof(path), "%s/form.docx", folder);
	if (template_docx(&form, path) != HUB_OK)
		abort();
	seeds[DOCX] = read_file(path);
	(void) unlink(path);
	json_object_put(form.form);
	seeds[ODS] = package_of(ods);
	package_read(&seeds[XLSX], &package);
	for (size_t i = 0; i < package.count; i++)
		if (strcmp(package.names[i], "xl/worksheets/sheet1.xml") == 0)
			put_in(&package.parts[i], 0, package.parts[i].size, sheet_xml, sizeof(sheet_xml) - 1);
	seeds[ODD_XLSX] = package_write(&package);
	package_free(&package);
	seeds[CSV] = copy_of(csv, sizeof(csv) - 1);
	seeds[WIDE] = copy_of(wide, sizeof(wide) - 1);
}

/* What the reader prints of a document; its exit code, or -1 for any other end or beyond the limits. */
static int
run_reader(const Bytes *bytes, const char *output_path, char *why, size_t why_size)
{
	int			input = memfd_create("document", 0);
	int			output = open(output_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	int			status = 0;
	struct rusage usage;
	pid_t		child;

	if (input < 0 || output < 0 || write(input, bytes->at, bytes->size) != (ssize_t) bytes->size)
		abort();
	fflush(NULL);
	child = fork();
	if (child == 0)
	{
		char		program[] = "wardstar-read";
		char		name[] = "/proc/self/fd/0";
		char	   *arguments[] = {program, name, NULL};
		struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS};

		in_child = 1;
		alarm(60);
		if (setrlimit(RLIMIT_CPU, &cpu) != 0 || dup2(input, 0) != 0 || dup2(output, 1) != 1)
			_exit(99);
		exit(reader_main(2, arguments));
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		abort();
	close(input);
	close(output);
	*why = '\0';
	if (WIFSIGNALED(status))
		snprintf(why, why_size, "ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 4)
		snprintf(why, why_size, "ended with %d", WEXITSTATUS(status));
	else if (usage.ru_maxrss > MEMORY_KIB)
		snprintf(why, why_size, "took %ld MiB", usage.ru_maxrss / 1024);
	return *why != '\0' ? -1 : WEXITSTATUS(status);
}

/* The hub's side: a program of our own stands in for the reader and prints what is in a file. */
static void
take_in(Hub *hub, const Form *forms, size_t nforms)
{
	Document	document;

	if (document_read(hub, "PK\3\4", 4, &document) != HUB_OK)
		abort();
	for (size_t i = 0; i < nforms; i++)
	{
		Layout		layout;

		if (layout_read(&document, &forms[i], &layout) != HUB_OK)
			abort();
		layout_free(&layout);
	}
	if (document.refused == NULL)
	{
		char		period[8];

		layout_period(&document, period);
	}
	for (size_t i = 0; i < document.nsheets; i++)
	{
		ReturnRows	said = {0};
		ClientTable table = {0};
		HubExit		exit_code = client_table_sheet(&table, &document, (int) i, i % 2 == 0, &said);

		if (exit_code == HUB_OK)
			exit_code = client_table_once(&table, &said);
		if (exit_code != HUB_OK && exit_code != HUB_REFUSED)
			abort();
		(void) client_table_has_client(&table);
		client_table_free(&table);
		rows_free(&said);
	}
	document_free(&document);
}

static void
spill(const char *path, const Bytes *bytes)
{
	FILE	   *file = fopen(path, "wb");

	if (file == NULL || fwrite(bytes->at, 1, bytes->size, file) != bytes->size || fclose(file) != 0)
		abort();
}

/* What no reader of ours prints: the hub refuses it, or takes it, within its memory. */
static void
take_hostile(Hub *hub, const char *output, const Form *forms, size_t nforms)
{
	static const char *const cells[] = {"\"row\":-1,\"column\":1", "\"row\":1,\"column\":-1", "\"row\":0,\"column\":0", "\"row\":1,\"column\":2147483647",
		"\"row\":2147483647,\"column\":1", "\"row\":1,\"column\":1,\"rows\":-5,\"columns\":2147483647", "\"row\":\"x\",\"column\":[]", "\"row\":99999999999999999999,\"column\":1e99"};

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		for (int first = 0; first < 2; first++)
		{
			char		text[1024];
			Bytes		printed;

			snprintf(text, sizeof(text), "{\"document\":\"xlsx\"}\n{\"sheet\":1,\"name\":\"x\"}\n%s{%s,\"text\":\"client_ref\"}\n"
					 "{\"row\":2,\"column\":3,\"text\":\"y\"}\n{\"end\":true}\n", first ? "{\"row\":1,\"column\":1,\"text\":\"a\"}\n" : "", cells[i]);
			printed = copy_of(text, strlen(text));
			spill(output, &printed);
			free(printed.at);
			take_in(hub, forms, nforms);
		}
}

static void
take_csv(const Bytes *bytes)
{
	ReturnRows	rows = {0};
	ReturnRows	said = {0};
	ClientTable table = {0};
	HubExit		exit_code = return_csv_read((const char *) bytes->at, bytes->size, &rows);

	if (exit_code != HUB_OK && exit_code != HUB_REFUSED)
		abort();
	if (!rows_finish(&rows))
		abort();
	rows_free(&rows);
	exit_code = client_table_csv(&table, (const char *) bytes->at, bytes->size, &said);
	if (exit_code != HUB_OK && exit_code != HUB_REFUSED)
		abort();
	client_table_free(&table);
	rows_free(&said);
}

int
main(void)
{
	bool		is_long = getenv("WARDSTAR_LONG") != NULL && strcmp(getenv("WARDSTAR_LONG"), "1") == 0;
	uint64_t	seed = getenv("WARDSTAR_SEED") != NULL ? strtoull(getenv("WARDSTAR_SEED"), NULL, 10) : is_long ? (uint64_t) time(NULL) : 2025;
	int			count = getenv("WARDSTAR_DAMAGED") != NULL ? atoi(getenv("WARDSTAR_DAMAGED")) : is_long ? 5000 : 200;
	Bytes		seeds[SEEDS];
	Form		forms[8];
	size_t		nforms = 0;
	int			read_whole[SEEDS] = {0};
	int			refused[SEEDS] = {0};
	int			faults = 0;
	char		output[128];
	char		script[128];
	char		kept[128];
	Hub			hub = {0};
	char	   *arguments[] = {"test", "--quiet", NULL};
	int			narguments = 2;
	Bytes		program;
	char		text[512];

	snprintf(folder, sizeof(folder), "/tmp/wardstar-damaged-XXXXXX");
	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(output, sizeof(output), "%s/output", folder);
	snprintf(script, sizeof(script), "%s/reader", folder);
	snprintf(kept, sizeof(kept), "/tmp/wardstar-damaged-%" PRIu64, seed);
	snprintf(text, sizeof(text), "#!/bin/sh\nexec cat %s\n", output);
	program = copy_of(text, strlen(text));
	spill(script, &program);
	free(program.at);
	if (chmod(script, 0700) != 0 || setenv("WARDSTAR_READER", script, 1) != 0 ||
		settings_read(&hub, &narguments, arguments) != HUB_OK)
		abort();
	log_set_level(LOG_ERROR);
	make_seeds(seeds);
	for (int i = embedded_next("forms/", -1); i >= 0 && nforms < 8; i = embedded_next("forms/", i))
		if (form_read(embedded_sql[i].text, &forms[nforms++]) != HUB_OK)
			abort();

	printf("# seed %" PRIu64 ", %d documents\n", seed, count);
	for (int i = -SEEDS; i < count; i++)
	{
		/* The first ones are the seeds as they are; each other document follows from the seed and its own number. */
		int			kind = (i + SEEDS) % SEEDS;
		Bytes		document;
		char		why[64] = "";
		int			result = 0;

		state = seed * 1000003 + (uint64_t) (i + SEEDS);
		document = i < 0 ? copy_of(seeds[kind].at, seeds[kind].size) : damaged(&seeds[kind], kind);
		if (kind >= CSV)
			take_csv(&document);
		if (kind < CSV)
		{
			result = run_reader(&document, output, why, sizeof(why));
			if (result >= 0)
			{
				take_in(&hub, forms, nforms);
				/* The reader is not believed either. */
				if (i >= 0)
				{
					struct stat st;

					if (stat(output, &st) == 0 && st.st_size > 0 && st.st_size < 1024 * 1024)
					{
						Bytes		printed = read_file(output);

						damage_bytes(&printed);
						spill(output, &printed);
						free(printed.at);
						take_in(&hub, forms, nforms);
					}
				}
			}
		}
		if (result < 0 || (i < 0 && result != 0))
		{
			char		path[192];

			faults++;
			snprintf(path, sizeof(path), "%s-%d", kept, i);
			spill(path, &document);
			printf("# %s, document %d, %s: kept as %s\n", seed_names[kind], i, *why != '\0' ? why : "a sound document is refused", path);
		}
		else if (i >= 0)
			*(result == 0 ? &read_whole[kind] : &refused[kind]) += 1;
		free(document.at);
	}
	for (int k = 0; k < SEEDS; k++)
	{
		if (k < CSV)
			printf("# %s: %d read, %d refused\n", seed_names[k], read_whole[k], refused[k]);
		free(seeds[k].at);
	}
	printf("%sok 1 - %d damaged documents are read or refused, without a fault of memory\n", faults > 0 ? "not " : "", count);
	printf("%sok 2 - some of each kind are refused\n", refused[XLSX] > 0 && refused[DOCX] > 0 && refused[ODS] > 0 ? "" : "not ");
	printf("%sok 3 - and some are read\n", read_whole[XLSX] > 0 && read_whole[DOCX] > 0 && read_whole[ODS] > 0 ? "" : "not ");
	take_hostile(&hub, output, forms, nforms);
	printf("ok 4 - what no reader prints is refused or taken, without a fault of memory\n");
	printf("1..4\n");
	for (size_t i = 0; i < nforms; i++)
		form_free(&forms[i]);
	settings_free(&hub);
	(void) unlink(output);
	(void) unlink(script);
	(void) rmdir(folder);
	return faults > 0;
}
