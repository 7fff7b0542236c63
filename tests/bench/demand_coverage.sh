#!/usr/bin/env bash
# How often the limits of rates, standardised rates, slope indices and projections hold the truth: what, of what, the share
# of 95% limits, that of 80% limits, and the projections' MASE. DRAWS simulations of each, 20,000 unless set (a hundredth of
# it for each of nine kinds of series).
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(mktemp "${TMPDIR:-/tmp}/wardstar-coverage.XXXXXX")
trap 'rm -f "$program"' EXIT
${CC:-cc} -std=gnu11 -O2 -Iextension -o "$program" tests/bench/demand_coverage.c extension/demand/*_core.c extension/statistics/*_core.c -lm
"$program" "${DRAWS:-20000}"
