# Shared by the scripts here. Source it from the repository's root.

# As root, servers and tests run as this user, since PostgreSQL refuses root.
server_user() {
	if [ "$(id -u)" != 0 ]; then id -un
	elif id postgres >/dev/null 2>&1; then echo postgres
	else echo nobody
	fi
}

# as_server_user COMMAND …: run it as that user, with this environment.
as_server_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid="$(server_user)" --regid="$(id -g "$(server_user)")" --init-groups \
			env HOME=/tmp USER="$(server_user)" LOGNAME="$(server_user)" "$@"
	else
		"$@"
	fi
}

# own DIR …: make them, for the server's user to write.
own() {
	mkdir -p "$@"
	if [ "$(id -u)" = 0 ]; then chown "$(server_user)" "$@"; fi
}

# Where the server's user can't come (a clone under /root), the work is done in a copy that it can reach.
ensure_reachable() {
	if as_server_user test -r META.json -a -x . 2>/dev/null; then return; fi
	local copy="${WARDSTAR_COPY:-/var/tmp/wardstar-$(id -u)}"
	echo "$(server_user) can't read $PWD: working in a copy, $copy" >&2
	mkdir -p "$copy"
	chmod 755 "$copy"
	tar -c --exclude=./.git --exclude=./build --exclude=./.demo . | tar -x -C "$copy"
	cd "$copy"
}
