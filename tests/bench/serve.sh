#!/usr/bin/env bash
# Uploads of a 20 kB workbook over 50 connections, each file new, on disk and in the ledger before its answer; receipts
# read; memory after 1,000 requests and after 100,000; and, while another 50 connections upload at full rate, how long a partner
# waits for a verdict who sends a file every half second with ?wait=30 (WAITERS=n files). Beside it, in turn and in the same run, a Python service (serve_rival.py)
# that keeps the same bytes and enters the same row as durably: fastapi, uvicorn with 2 processes, psycopg. Client, service and
# PostgreSQL share the machine, fsync is on. UPLOADS=n, READS=n, CONNECTIONS=n. The Python is $SERVE_PYTHON, else one made by
# venv and pip ("fastapi uvicorn[standard] psycopg[binary,pool]").
. "$(dirname "$0")/lib.sh"
uploads=${UPLOADS:-20000} reads=${READS:-80000} connections=${CONNECTIONS:-50} waiters=${WAITERS:-60}
root=$PWD
hub= rival=
bench_finish() {
	kill $hub $rival 2>/dev/null || true
	wait $hub $rival 2>/dev/null || true
}
bench_server 'shared_buffers = 512MB' 'max_wal_size = 4GB'
${CC:-cc} -std=gnu11 -O2 -o "$dir/serve_load" tests/bench/serve_load.c

wardstar-hub migrate --quiet
wardstar-hub key new --key-file "$dir/keys/hub.keys" >/dev/null
wardstar-hub organisation add 'Bench (made up)' >/dev/null
wardstar-hub programme add 'Bench' --organisation 'Bench (made up)' --made-up >/dev/null
token=$(wardstar-hub token issue 'Bench (made up)' | grep -o 'wst_[^ ]*' | head -n 1)
wardstar-hub organisation add 'Waiting (made up)' >/dev/null
wardstar-hub programme add 'Waiting' --organisation 'Waiting (made up)' --made-up >/dev/null
waiting=$(wardstar-hub token issue 'Waiting (made up)' | grep -o 'wst_[^ ]*' | head -n 1)
psql -c 'CREATE ROLE hub_service LOGIN IN ROLE wardstar_service'

# A workbook of 20 kB whose comment (the last 64 bytes) can be changed.
wardstar-hub template improved --period 2025-Q2 -o "$dir/form.xlsx" >/dev/null
/usr/bin/python3 - "$dir" <<'END'
import os, random, sys, zipfile
d = sys.argv[1]
with zipfile.ZipFile(f'{d}/form.xlsx', 'a') as z:
    z.writestr('docProps/thumbnail.bin', random.Random(1).randbytes(max(0, 20000 - os.path.getsize(f'{d}/form.xlsx') - 250)))
    z.comment = b'x' * 64
END
echo "workbook: $(stat -c %s "$dir/form.xlsx") bytes, $connections connections, $(nproc) cores"

port=$(/usr/bin/python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
WARDSTAR_DSN="host=$dir dbname=postgres user=hub_service" wardstar-hub serve --listen "127.0.0.1:$port" --key-file "$dir/keys/hub.keys" --spool "$dir/spool" \
	--rate-token 0 --rate-address 0 --log-level warning 2>"$dir/hub.log" & hub=$!
# wait_for PORT: until something listens there.
wait_for() {
	local n
	for n in $(seq 100); do
		if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
		sleep 0.1
	done
	cat "$dir"/*.log >&2
	exit 1
}
wait_for "$port"
load() { "$dir/serve_load" "$port" "$token" "$connections" "$@"; }
send='/v1/submissions?programme=Bench&period=2025-Q2&form=improved&file=return.xlsx'
memory() { awk '/VmRSS/ { print $2 }' "/proc/$hub/status"; }
show() { awk -v what="$1" '{ printf "%-34s %8.0f /s   p50 %7.1f ms   p99 %7.1f ms   worst %7.1f ms   (%d of %d 2xx)\n", what, $4, $5, $6, $7, $2, $1 }'; }

rival_python=${SERVE_PYTHON:-}
if [ -z "$rival_python" ] && /usr/bin/python3 -m venv "$dir/venv" >/dev/null 2>&1 &&
	"$dir/venv/bin/pip" install -q fastapi 'uvicorn[standard]' 'psycopg[binary,pool]' >/dev/null 2>&1; then
	rival_python=$dir/venv/bin/python
fi
if [ -n "$rival_python" ]; then
	psql <<'END'
CREATE SCHEMA rival;
CREATE TABLE rival.submission (LIKE intake.submission INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES INCLUDING CONSTRAINTS);
CREATE TABLE rival.token (sha256 bytea PRIMARY KEY, organisation text NOT NULL);
END
	psql -c "INSERT INTO rival.token VALUES (sha256('$token'), 'Bench (made up)')"
	mkdir "$dir/rival"
	(cd "$root/tests/bench" && RIVAL_DSN="host=$dir dbname=postgres" RIVAL_SPOOL=$dir/rival exec "$rival_python" -m uvicorn serve_rival:app --port $((port + 1)) --workers 2 \
		--no-access-log --log-level error >"$dir/rival.log" 2>&1) & rival=$!
	wait_for $((port + 1))
	load_rival() { "$dir/serve_load" $((port + 1)) "$token" "$connections" "$@"; }
	load_rival 500 upload "$dir/form.xlsx" "$send" >/dev/null
fi

load 1000 upload "$dir/form.xlsx" "$send" >"$dir/warm"
early=$(memory)
for turn in 1 2 3; do
	load $((uploads / 3)) upload "$dir/form.xlsx" "$send" | tee "$dir/hub.$turn" | show "uploads, wardstar-hub"
	[ -z "$rival_python" ] || load_rival $((uploads / 12)) upload "$dir/form.xlsx" "$send" | tee "$dir/rival.$turn" | show "uploads, Python"
done
load "$reads" get '/v1/submissions/1/receipt' | tee "$dir/reads" | show "receipts, wardstar-hub"
[ -z "$rival_python" ] || load_rival $((reads / 40)) get '/v1/submissions/1/receipt' | show "receipts, Python"
late=$(memory)
echo "memory: $early KiB after 1,000 requests, $late KiB after $((1000 + uploads / 3 * 3 + reads)): $((late - early)) KiB more"
echo "in the ledger: $(psql -c 'SELECT count(*) FROM intake.submission') of $((1000 + uploads / 3 * 3)); still to be checked: $(psql -c "SELECT count(*) FROM intake.submission WHERE state IN ('received', 'checking')")"
if [ -n "$rival_python" ]; then
	echo "ratio of uploads, median of 3: $(paste <(cut -d' ' -f4 "$dir"/hub.[123]) <(cut -d' ' -f4 "$dir"/rival.[123]) | awk '{ print $1 / $2 }' | sort -n | sed -n 2p)"
fi

# A verdict costs a check of the whole file by one of the workers, whom the uploads outnumber.
verdicts() {
	/usr/bin/python3 "$root/tests/bench/serve_verdict.py" "$port" "$waiting" "$dir/form.xlsx" \
		'/v1/submissions?programme=Waiting&period=2025-Q2&form=improved&file=return.xlsx&wait=30' "$1" |
		awk -v what="$2" '{ printf "verdict, sent every half second, %s: median %.2f s, largest %.2f s (%d of %d had theirs within 30 s)\n", what, $3, $4, $2, $1 }'
}
touch "$dir/rush"
(while [ -e "$dir/rush" ]; do load 2000 upload "$dir/form.xlsx" "$send"; done >"$dir/rush.rates") & rush=$!
sleep 2
verdicts "$waiters" "in the rush"
rm "$dir/rush"
wait "$rush"
awk '{ n += $1; s += $3 } END { printf "uploads in that rush: %d, %.0f /s\n", n, n / s }' "$dir/rush.rates"
