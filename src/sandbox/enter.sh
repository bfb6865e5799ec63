#!/bin/bash
# enter.sh DIR BWRAP COMMAND…: enters a sandbox. Runs in a mount namespace of its own (and, for an ordinary user, a
# user namespace); DIR holds what prepare-sandbox.ts has laid out. Becomes bwrap by exec, so that the sandbox's parent
# is whoever started this.
set -eu
dir=$1 bwrap=$2
shift 2
. "$dir/limits"
cd "$dir"
if [[ -e layers ]]; then
  mount -t overlay -o "lowerdir=$(<layers),upperdir=upper,workdir=work,userxattr" overlay merged
fi
# Descriptors that somebody above us has left open would be open inside. 255 is this script, closed by exec.
for path in /proc/self/fd/*; do
  fd=${path##*/}
  if ((fd > 2 && fd != 255)); then eval "exec $fd>&-"; fi
done
exec 8< arguments 9< seccomp
cd /
exec env -i "$bwrap" --args 8 --seccomp 9 -- "$@"
