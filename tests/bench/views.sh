#!/usr/bin/env bash
# Opens every view that the docs name, on the ten months of Merseyside with five programmes' made-up returns, cases and stars
# laid over it: seconds of the first query of a new connection, all its rows and columns; as the database is (which migrate
# leaves without JIT), beside it with JIT, and, where the docs say to ask for one quarter, for that quarter. First with the
# statistics of the moment (none right after a load), then after ANALYZE. A view that takes a second or more, asked as the
# docs say, has to stand with its reason in docs/performance.md, between "<!-- slow views -->" and "<!-- end -->"; else the
# benchmark fails.
. "$(dirname "$0")/lib.sh"
cd "$WARDSTAR_ROOT"
data=$WARDSTAR_DATA
quarter=2025-Q2
if [ ! -d "$data/crime" ]; then
	echo "no real data in $data: skipped"
	exit
fi
bench_server 'fsync = off' 'shared_buffers = 512MB' 'max_wal_size = 4GB' 'autovacuum = off'
mkdir -m 700 "$dir/keys" "$dir/spool" "$dir/stars"
export WARDSTAR_KEY_FILE=$dir/keys/hub.keys WARDSTAR_SPOOL=$dir/spool

# Exit code 3, something in it was found wrong, is part of what is made up.
load() { wardstar-hub load --quiet --log-level error "$@" </dev/null >>"$dir/loaded" || [ $? = 3 ]; }
wardstar-hub migrate --quiet
wardstar-hub key new --quiet
load "$data"
script/saltmere --over "$data" "$dir/over"
while IFS=, read -r organisation programme _; do
	quarters() { awk -F, -v p="$programme" -v e="$1" '$1 == p && $3 == e { printf "%s%s", n++ ? "," : "", $2 }' "$dir/over/returns/expected.csv"; }
	wardstar-hub programme add "$programme" --organisation "$organisation" --made-up --expected "$(quarters true)" \
		--not-expected "$(quarters false)" --quiet </dev/null
done < <(tail -n +2 "$dir/over/returns/register.csv")
while IFS=, read -r file programme period form _; do
	load --as return --programme "$programme" --period "$period" --form "$form" "$dir/over/returns/$file"
done < <(tail -n +2 "$dir/over/returns/manifest.csv")
script/saltmere-stars "$dir/stars"
for kind in cases stars; do load --as "$kind" --programme POPs "$dir/stars/$kind.csv"; done
wardstar-hub publish --quiet

# Views that stand in the docs by name: with their schema, or after one of its schema ("`analysis.need_lsoa`, `need_ward`,
# `_district`"), so a name without schema counts in the whole.
words=$(cat README.md docs/*.md | grep -oE '[a-z_]+(\.[a-z_]+)?' | sort -u)
views=$(psql -c "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind = 'v' AND n.nspname IN (SELECT name FROM hub.owned_schema) ORDER BY 1")
named() {
	local view=${1#*.}
	grep -qxE "$1|$view|_${view##*_}" <<<"$words"
}
slow=$(sed -n '/<!-- slow views -->/,/<!-- end -->/p' docs/performance.md | grep -oE '`[a-z_]+\.[a-z_]+`' | tr -d '`' || true)

# seconds SETTINGS QUERY: a new connection's first query, the rows sent and thrown away.
seconds() {
	PGOPTIONS="$1 -c search_path=pg_catalog,public" psql -c '\timing on' -c '\o /dev/null' -c "COPY ($2) TO STDOUT" |
		sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | awk '{ printf "%.2f", $1 / 1000 }'
}
failed=0 opened=0
for turn in 'no statistics' 'after ANALYZE'; do
	[ "$turn" = 'no statistics' ] || psql -c ANALYZE
	printf '%-36s %8s %8s %8s   %s\n' "$turn: seconds" whole "with JIT" "quarter" ''
	for view in $views; do
		named "$view" || continue
		opened=$((opened + 1))
		whole=$(seconds '' "SELECT * FROM $view")
		jit=$(seconds '-c jit=on' "SELECT * FROM $view")
		asked=$whole part= remark=
		case $view in
			analysis.demand_* | analysis.need_*)
				if [ "$(psql -c "SELECT count(*) FROM pg_attribute WHERE attrelid = '$view'::regclass AND attname = 'period'")" = 1 ]; then
					part=$(seconds '' "SELECT * FROM $view WHERE period = '$quarter'")
					asked=$part
				fi ;;
		esac
		if awk -v s="$asked" 'BEGIN { exit !(s >= 1) }'; then
			if grep -qxF "$view" <<<"$slow"; then remark='a second or more, docs/performance.md says why'
			else remark='A SECOND OR MORE, AND docs/performance.md DOES NOT SAY WHY' failed=1
			fi
		fi
		printf '%-36s %8s %8s %8s   %s\n' "$view" "$whole" "$jit" "$part" "$remark"
	done
done
echo "$((opened / 2)) views"
[ "$opened" -ge 100 ]
exit "$failed"
