#!/bin/sh
# supervisor.sh DIR COMMAND…: runs the command as a child and keeps on disk who this is and how the child ended.
# In a session of its own, it outlives whoever started it. If it is killed, the sandbox dies with it.
dir=$1
shift
started() { shift 19; echo "$$ $1"; } # pid, and the 22nd field of stat: start time in ticks since boot
read -r stat < "/proc/$$/stat"
started ${stat##*) } > "$dir/identity.partial"
mv "$dir/identity.partial" "$dir/identity"
trap '' HUP INT TERM
exec 3<&0 # a shell gives what runs in the background an empty input, unless told otherwise
(trap - HUP INT TERM; exec "$@" 3<&-) <&3 &
wait $!
echo $? > "$dir/exit.partial"
mv "$dir/exit.partial" "$dir/exit"
