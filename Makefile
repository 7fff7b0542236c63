# wardstar: the extension (built by PGXS, extension.mk) and the hub.
#
#	make, make install, make installcheck	the extension, as any PGXS module
#	make hub, make install-hub				the hub's programs
#	make temp-install						the extension under build/pg, beside a private copy of the
#											server's programs; nothing system-wide is touched
#	make check, check-long, bench, dist		tests, long tests, benchmarks, the PGXN archive

# The only place of the version is META.json.
WARDSTAR_VERSION := $(shell sed -n 's/^\t"version": "\(.*\)",$$/\1/p' META.json)
ifeq ($(WARDSTAR_VERSION),)
$(error META.json has no version)
endif
PG_CONFIG ?= $(shell script/pg-config)
export WARDSTAR_VERSION PG_CONFIG

all:

include hub/hub.mk
include tests/tests.mk

all install uninstall installdirs installcheck:
	$(MAKE) -f extension.mk $@

temp-install: all
	script/temp-install build/pg $(PG_CONFIG)

check:
	script/test

check-long:
	script/test --long

dist:
	script/dist $(WARDSTAR_VERSION)

clean distclean maintainer-clean:
	$(MAKE) -f extension.mk clean
	rm -rf build dist

.PHONY: all install uninstall installdirs installcheck temp-install check check-long dist clean distclean maintainer-clean
