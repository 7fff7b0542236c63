# The extension, by PGXS. Run by the Makefile above, in its folder.

# In the order in which their SQL is joined: each uses only those before it.
SUBJECTS = wardstar area statistics demand star proforma disclosure linkage effect
SQL_PARTS = $(wildcard $(SUBJECTS:%=sql/extension/%.sql))

MODULE_big = wardstar
SOURCES = $(sort $(wildcard extension/*.c extension/*/*.c))
OBJS = $(SOURCES:.c=.o)
EXTENSION = build/wardstar
DATA_built = build/wardstar--$(WARDSTAR_VERSION).sql
DATA = $(wildcard sql/upgrade/wardstar--*.sql)
REGRESS = $(sort $(basename $(notdir $(wildcard tests/sql/*.sql))))
REGRESS_OPTS = --inputdir=tests --outputdir=build/regress --load-extension=wardstar --no-locale --encoding=UTF8

# The server's headers come as system headers: -Wextra is for our own code.
PG_CPPFLAGS = -Iextension -isystem $(shell $(PG_CONFIG) --includedir-server) -DWARDSTAR_VERSION='"$(WARDSTAR_VERSION)"'
PG_CFLAGS = -std=gnu11 -Wall -Wextra -Wno-declaration-after-statement $(WERROR)
SHLIB_LINK = -lm

# Bitcode would ask every user for the very clang that the server was built with.
override with_llvm := no

PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

all: build/wardstar.control

$(OBJS): $(wildcard extension/*.h extension/*/*.h) META.json extension.mk

build/wardstar.control: extension/wardstar.control.in META.json
	@mkdir -p build
	sed 's/@VERSION@/$(WARDSTAR_VERSION)/' $< > $@

build/wardstar--$(WARDSTAR_VERSION).sql: $(SQL_PARTS) $(wildcard sql/extension/ranked.*) META.json extension.mk
	@mkdir -p build
	{ printf '%s\n' '\echo Use "CREATE EXTENSION wardstar" to load this file. \quit'; \
	  awk -f sql/extension/ranked.awk sql/extension/ranked.sql.in $(SQL_PARTS); } > $@

install: build/wardstar.control
installcheck: build/regress
build/regress:
	mkdir -p $@
