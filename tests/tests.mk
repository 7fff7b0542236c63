# Unit tests, fuzzers and benchmarks. Included by the Makefile.
# The cores (extension/*/*_core.c) need no PostgreSQL: they are compiled here with the sanitizers.

CORES = $(wildcard extension/*/*_core.c)
UNIT = $(patsubst tests/unit/%.c,build/unit/%,$(wildcard tests/unit/*.c))
FUZZERS = $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/*.c))
TEST_CFLAGS = -std=gnu11 -g -O1 -Wall -Wextra -Wno-unused-parameter $(WERROR)
CORE_CPPFLAGS = -Iextension -Itests/unit
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_SANITIZE = -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

# The packages of the browser test, by the lock file; without a network those tests are skipped.
web-packages: tests/web/node_modules/.package-lock.json

tests/web/node_modules/.package-lock.json: tests/web/package-lock.json
	cd tests/web && npm ci --loglevel=error && touch node_modules/.package-lock.json

# The hub with the sanitizers, for the fuzzer of requests.
sanitized-hub: build/sanitized/wardstar-hub

build/sanitized/wardstar-hub: $(HUB_MAIN:%.c=build/sanitized/%.o) $(HUB_DUTIES:%.c=build/sanitized/%.o) $(HUB_BUILD)/commands.o $(HUB_BUILD)/embedded_sql.o $(HUB_BUILD)/embedded_web.o
	$(CC) $(SANITIZE) -o $@ $^ $(HUB_LDLIBS)

unit: $(UNIT)
fuzzers: $(FUZZERS)

# The cores, and the hub's duties, once for each sanitizer; each test is linked with what it is a test of.
CORE_SANITIZED = $(CORES:%.c=build/sanitized/%.o)
CORE_FUZZED = $(CORES:%.c=build/fuzzed/%.o)
HUB_SANITIZED = $(HUB_DUTIES:%.c=build/sanitized/%.o)

build/sanitized/hub/%.o: hub/%.c
	@mkdir -p $(@D)
	$(CC) $(HUB_CPPFLAGS) $(TEST_CFLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<

build/sanitized/tests/unit/hub_%.o: tests/unit/hub_%.c
	@mkdir -p $(@D)
	$(CC) $(HUB_CPPFLAGS) $(TEST_CFLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<

build/sanitized/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CORE_CPPFLAGS) $(TEST_CFLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<

build/fuzzed/hub/%.o: hub/%.c
	@mkdir -p $(@D)
	clang $(HUB_CPPFLAGS) $(TEST_CFLAGS) $(FUZZ_SANITIZE) -MMD -MP -c -o $@ $<

build/fuzzed/tests/fuzz/hub_%.o: tests/fuzz/hub_%.c
	@mkdir -p $(@D)
	clang $(HUB_CPPFLAGS) $(TEST_CFLAGS) $(FUZZ_SANITIZE) -MMD -MP -c -o $@ $<

build/fuzzed/%.o: %.c
	@mkdir -p $(@D)
	clang $(CORE_CPPFLAGS) $(TEST_CFLAGS) $(FUZZ_SANITIZE) -MMD -MP -c -o $@ $<

# The reader of documents, sanitized, as a part of the test that damages documents.
READER_SANITIZED = $(HUB_READER:hub/reader/%.c=build/sanitized/reader/%.o)

$(READER_SANITIZED): build/sanitized/reader/%.o: hub/reader/%.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE -Dmain=reader_main $(READER_PACKAGES) $(TEST_CFLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<

build/unit/hub_damaged_test: $(READER_SANITIZED)
build/unit/hub_damaged_test: HUB_LDLIBS += $(READER_LIBS)

# Static rules: an implicit one is passed over while a file that it needs is yet to be made.
$(filter build/unit/hub_%,$(UNIT)): build/unit/%: build/sanitized/tests/unit/%.o $(HUB_SANITIZED) $(HUB_BUILD)/embedded_sql.o $(HUB_BUILD)/embedded_web.o
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) -o $@ $^ $(HUB_LDLIBS)

$(filter-out build/unit/hub_%,$(UNIT)): build/unit/%: build/sanitized/tests/unit/%.o $(CORE_SANITIZED)
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) -o $@ $^ -lm

$(filter-out build/fuzz/hub_%,$(FUZZERS)): build/fuzz/%: build/fuzzed/tests/fuzz/%.o $(CORE_FUZZED)
	@mkdir -p $(@D)
	clang -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $@ $^ -lm

# A fuzzer of the hub is linked with what it is a fuzzer of, and stands in for the rest.
build/fuzz/hub_records_fuzz: $(patsubst %,build/fuzzed/hub/%.o,document/client_table document/rows intake/records load/reader program/utf8 spool/token)

$(filter build/fuzz/hub_%,$(FUZZERS)): build/fuzz/%: build/fuzzed/tests/fuzz/%.o
	@mkdir -p $(@D)
	clang -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $@ $^ -L$(shell $(PG_CONFIG) --libdir) -lpq $(shell pkg-config --libs libcrypto) -lcsv -lunistring

.SECONDARY:
-include $(HUB_MAIN:%.c=build/sanitized/%.d) $(CORE_SANITIZED:.o=.d) $(CORE_FUZZED:.o=.d) $(wildcard build/fuzzed/hub/*/*.d) $(HUB_SANITIZED:.o=.d) $(UNIT:build/%=build/sanitized/tests/%.d) $(FUZZERS:build/%=build/fuzzed/tests/%.d)

# Each file of tests/bench that can be run prints its ratios; BENCH=NAME runs one.
bench: hub temp-install
	tests/bench/run $(BENCH)

.PHONY: unit fuzzers bench web-packages sanitized-hub
