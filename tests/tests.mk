# Unit tests, fuzzers and benchmarks. Included by the Makefile.
# The cores (extension/*/*_core.c) need no PostgreSQL: they are compiled here with the sanitizers.

CORES = $(wildcard extension/*/*_core.c)
CORE_HEADERS = $(wildcard extension/*/*.h tests/unit/*.h tests/fuzz/*.h)
UNIT = $(patsubst tests/unit/%.c,build/unit/%,$(wildcard tests/unit/*.c))
FUZZERS = $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/*.c))
TEST_CFLAGS = -std=gnu11 -g -O1 -Wall -Wextra -Wno-unused-parameter $(WERROR) -Iextension -Itests/unit
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

unit: $(UNIT)
fuzzers: $(FUZZERS)

build/unit/%: tests/unit/%.c $(CORES) $(CORE_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) $(SANITIZE) -o $@ $< $(CORES) -lm

# Tests of the hub's duties, which are compiled here with the sanitizers too.
build/unit/hub_%: tests/unit/hub_%.c $(HUB_DUTIES) $(wildcard hub/*.h hub/*/*.h) $(HUB_BUILD)/embedded_sql.o
	@mkdir -p $(@D)
	$(CC) $(HUB_CPPFLAGS) $(TEST_CFLAGS) $(SANITIZE) -o $@ $< $(HUB_DUTIES) $(HUB_BUILD)/embedded_sql.o $(HUB_LDLIBS)

build/fuzz/%: tests/fuzz/%.c $(CORES) $(CORE_HEADERS)
	@mkdir -p $(@D)
	clang $(TEST_CFLAGS) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $@ $< $(CORES) -lm

# Each file of tests/bench that can be run prints its ratios; BENCH=NAME runs one.
bench: hub temp-install
	tests/bench/run $(BENCH)

.PHONY: unit fuzzers bench
