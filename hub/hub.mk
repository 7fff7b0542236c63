# The hub's programs. Included by the Makefile.
#
# hub/command/VERB.c is a command of wardstar-hub, found by its name; hub/main.c and hub/command/help.c belong to
# the program, hub/reader to wardstar-read; all else under hub/ is the library. sql/hub is embedded.

HUB_BUILD ?= build/hub
HUB_SQL ?= sql/hub
HUB_PROGRAM ?= build/wardstar-hub
HUB_LIBRARY ?= build/libwardstar_hub.a
HUB_PREFIX ?= /usr/local

HUB_HELP := hub/command/help.c
HUB_COMMANDS := $(filter-out $(HUB_HELP),$(sort $(wildcard hub/command/*.c)))
HUB_MAIN := hub/main.c $(HUB_HELP) $(HUB_COMMANDS)
HUB_READER := $(sort $(wildcard hub/reader/*.c))
# The grammar of area codes is the extension's; its core is plain C.
HUB_DUTIES := $(filter-out $(HUB_MAIN) $(HUB_READER),$(sort $(wildcard hub/*.c hub/*/*.c))) extension/area/gss_code_core.c
HUB_EMBEDDED := $(sort $(wildcard $(HUB_SQL)/*/*.sql $(HUB_SQL)/*/*/*.sql $(HUB_SQL)/forms/*.json $(HUB_SQL)/records/*.json))

# The partners' page and the document of the service's routes, as they stand.
HUB_WEB := $(sort $(filter-out %.md,$(wildcard hub/web/*)))

HUB_CFLAGS = -std=c11 -O2 -g -fPIE -fstack-protector-strong -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes $(WERROR) $(HUB_EXTRA_CFLAGS)
HUB_CPPFLAGS = -D_GNU_SOURCE -Ihub -Iextension -isystem $(shell $(PG_CONFIG) --includedir) $(shell pkg-config --cflags libarchive libcrypto json-c libxml-2.0 xlsxwriter libmicrohttpd libsystemd gnutls) -DWARDSTAR_VERSION='"$(WARDSTAR_VERSION)"'
HUB_LDLIBS = -L$(shell $(PG_CONFIG) --libdir) -lpq $(shell pkg-config --libs libarchive libcrypto json-c libxml-2.0 xlsxwriter libmicrohttpd libsystemd gnutls) -lcsv -lunistring -lpthread -lm

READER_PACKAGES = $(subst -I,-isystem ,$(shell pkg-config --cflags gdal libxml-2.0 json-c libarchive))
READER_LIBS = $(shell pkg-config --libs gdal libxml-2.0 json-c libarchive)

hub: $(HUB_PROGRAM) build/wardstar-read

$(HUB_PROGRAM): $(HUB_MAIN:%.c=$(HUB_BUILD)/%.o) $(HUB_BUILD)/commands.o $(HUB_LIBRARY)
	$(CC) $(HUB_CFLAGS) -pie -Wl,-z,relro,-z,now $(LDFLAGS) -o $@ $^ $(HUB_LDLIBS)

# The reader of documents is a program of its own: it maps GDAL, and the hub must not.
build/wardstar-read: $(HUB_READER) hub/reader/reader.h hub/reader/marks.h hub/hub.mk
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(HUB_CFLAGS) -pie -Wl,-z,relro,-z,now $(READER_PACKAGES) -o $@ $(HUB_READER) $(READER_LIBS)

$(HUB_LIBRARY): $(HUB_DUTIES:%.c=$(HUB_BUILD)/%.o) $(HUB_BUILD)/embedded_sql.o $(HUB_BUILD)/embedded_web.o
	rm -f $@
	$(AR) rcs $@ $^

$(HUB_BUILD)/%.o: %.c META.json hub/hub.mk
	@mkdir -p $(@D)
	$(CC) $(HUB_CPPFLAGS) $(HUB_CFLAGS) -MMD -MP -c -o $@ $<

# The table of commands, from the files' names.
$(HUB_BUILD)/commands.c: $(HUB_BUILD)/commands.list
	{ echo '#include "hub.h"'; \
	  sed 's/.*/extern const HubCommand &;/' $<; \
	  echo 'const HubCommand *const hub_commands[] = {'; \
	  sed 's/.*/\t\&&,/' $<; \
	  echo '	NULL};'; } > $@

$(HUB_BUILD)/commands.o: $(HUB_BUILD)/commands.c hub/hub.h
	$(CC) $(HUB_CPPFLAGS) $(HUB_CFLAGS) -c -o $@ $<

# sql/hub, byte for byte, each file ended by a NUL, in a table sorted by name. A query's folder is no part of its name.
$(HUB_BUILD)/embedded_sql.S: $(HUB_BUILD)/embedded.list $(HUB_EMBEDDED)
	awk '{ name = $$0; sub(/^queries\/[^\/]*\//, "queries/", name); print name, $$0 }' $< | LC_ALL=C sort > $@.names
	awk -v dir=$(HUB_SQL) 'BEGIN { print "\t.section .rodata" } \
		$$1 == last { print "two files of sql/hub are named " last >"/dev/stderr"; exit 1 } \
		{ last = $$1; file = $$2 ~ /[.]json$$/ ? $$2 : $$2 ".sql"; \
		printf "n%d:\t.asciz \"%s\"\nt%d:\t.incbin \"%s/%s\"\n\t.byte 0\n", NR, $$1, NR, dir, file } \
		END { print "\t.balign 8\n\t.globl embedded_sql_count\nembedded_sql_count:\t.quad " NR; \
		print "\t.section .data.rel.ro,\"aw\"\n\t.balign 8\n\t.globl embedded_sql\nembedded_sql:"; \
		for (i = 1; i <= NR; i++) printf "\t.quad n%d, t%d\n", i, i; \
		print "\t.section .note.GNU-stack,\"\",%progbits" }' $@.names > $@.new
	mv $@.new $@

# hub/web, byte for byte, in a table of name, bytes and size, sorted by name.
$(HUB_BUILD)/embedded_web.S: $(HUB_BUILD)/web.list $(HUB_WEB)
	{ echo '	.section .rodata'; \
	  awk '{ printf "n%d:\t.asciz \"%s\"\nt%d:\t.incbin \"hub/web/%s\"\ne%d:\t.byte 0\n", NR, $$0, NR, $$0, NR } \
		END { print "\t.balign 8\n\t.globl embedded_web_count\nembedded_web_count:\t.quad " NR; \
		print "\t.section .data.rel.ro,\"aw\"\n\t.balign 8\n\t.globl embedded_web\nembedded_web:"; \
		for (i = 1; i <= NR; i++) printf "\t.quad n%d, t%d, e%d - t%d\n", i, i, i, i; \
		print "\t.section .note.GNU-stack,\"\",%progbits" }' $<; } > $@

$(HUB_BUILD)/embedded_web.o: $(HUB_BUILD)/embedded_web.S
	$(CC) -c -o $@ $<

$(HUB_BUILD)/embedded_sql.o: $(HUB_BUILD)/embedded_sql.S
	$(CC) -c -o $@ $<

# Written only when the names change, so that a new or removed file is noticed.
HUB_CHANGED = mkdir -p $(@D); printf '%s\n' $(1) | LC_ALL=C sort > $@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(HUB_BUILD)/commands.list: hub-names
	@$(call HUB_CHANGED,$(HUB_COMMANDS:hub/command/%.c=command_%))

$(HUB_BUILD)/embedded.list: hub-names
	@$(call HUB_CHANGED,$(patsubst $(HUB_SQL)/%,%,$(HUB_EMBEDDED:.sql=)))

$(HUB_BUILD)/web.list: hub-names
	@$(call HUB_CHANGED,$(HUB_WEB:hub/web/%=%))

install-hub: hub
	install -d $(DESTDIR)$(HUB_PREFIX)/bin
	install -m 755 $(HUB_PROGRAM) build/wardstar-read $(DESTDIR)$(HUB_PREFIX)/bin/
	install -d $(DESTDIR)$(HUB_PREFIX)/lib/systemd/system
	sed 's|/usr/local|$(HUB_PREFIX)|' hub/serve/wardstar-hub.service > $(DESTDIR)$(HUB_PREFIX)/lib/systemd/system/wardstar-hub.service
	chmod 644 $(DESTDIR)$(HUB_PREFIX)/lib/systemd/system/wardstar-hub.service

-include $(HUB_MAIN:%.c=$(HUB_BUILD)/%.d) $(HUB_DUTIES:%.c=$(HUB_BUILD)/%.d)

.PHONY: hub install-hub hub-names
