#!/bin/bash
# enter.sh DIR gated|alone NAME BWRAP COMMAND…: enters a sandbox. Runs in a mount namespace of its own (and, for an ordinary
# user, a user namespace); DIR holds what prepare-sandbox.ts has laid out. Becomes bwrap by exec, so that the sandbox's
# parent is whoever started this. By NAME its processes can be found.
set -eu
dir=$1 mode=$2 name=$3 bwrap=$4
shift 4
pid=$$
cd "$dir"
. ./limits
if [[ $mode == alone ]]; then . ./join; fi
if [[ -e layers ]]; then
  mount -t overlay -o "lowerdir=$(<layers),upperdir=upper,workdir=work,userxattr" overlay merged
fi
# Descriptors that somebody above us has left open would be open inside. 255 is this script, closed by exec.
for path in /proc/self/fd/*; do
  fd=${path##*/}
  if ((fd > 2 && fd != 255)); then eval "exec $fd>&-"; fi
done
exec 8< arguments 9< seccomp
. ./descriptors
# Open both ways, so that the gate is not opened by the death of whoever should have. Whoever entered as an orphan ends
# here: nobody would open it.
if [[ $mode == gated ]]; then
  exec 7<> gate
  read -r _ _ _ parent _ < /proc/$$/stat
  [[ $parent == "$PPID" ]]
fi
cd /
exec -c -a "$name" "$bwrap" --args 8 --seccomp 9 -- "$@" # -c: with an empty environment
