#!/bin/sh
# supervisor.sh DIR client|log COMMAND…: runs the command as a child and keeps on disk who this is, what the child
# printed and how it ended. In a session of its own, it outlives whoever started it; if it is killed, the sandbox dies
# with it. DIR/identity and DIR/exit are there already, filled with blanks, so that a full disk cannot lose them.
dir=$1 output=$2
shift 2
started() { shift 19; echo "$$ $1" 1<> "$dir/identity"; } # pid, and field 22 of stat: start time in ticks since boot
read -r stat < "/proc/$$/stat"
started ${stat##*) }
trap '' HUP INT TERM

# A pipe that the dyno's user may open by name (/dev/stderr) and that never breaks: this shell holds it.
mkfifo -m 666 "$dir/pipe" "$dir/gate"
exec 3<&0 5<> "$dir/pipe" 6< "$dir/pipe" 7> "$dir/pipe" 5>&- 8<> "$dir/gate"
(trap - HUP INT TERM; exec "$@" <&3 >&7 2>&1 3<&- 6<&- 7>&- 8>&-) &
sandbox=$!
exec 3<&- < /dev/null 7>&-

# While the sandbox is made it gets its limits, and then what is in it may start. What it had started before it was
# moved is moved too; what it starts after that is there already. Without its limits it must not start.
limit() {
  pid=$sandbox
  . "$dir/join" || return
  read -r children < "/proc/$sandbox/task/$sandbox/children"
  for pid in $children; do . "$dir/join" || [ ! -e "/proc/$pid/exe" ] || return; done
}
if (limit) 2> /dev/null; then
  echo open >&8
else
  kill -KILL "$sandbox"
  echo 'Error R99 (Platform error) -> The limits of the dyno could not be set' >> "$dir/output.1"
fi

# To whoever is attached; without that one it is thrown away, so that the dyno can end.
to_client() { cat <&6 || cat <&6 > /dev/null; }

# To files of at most 256 blocks of 16 KB, of which the newest few are kept: the engine removes what it has read, and
# while there is no engine the disk does not fill up. On a full disk output is dropped, a second at a time.
to_log() {
  n=1 lost=
  while :; do
    tell_lost
    if stats=$(LC_ALL=C dd bs=16384 count=256 <&6 2>&1 >> "$dir/output.$n"); then
      records=${stats%% records in*}
      records=${records##*[!0-9+]}
      [ $((${records%+*} + ${records#*+})) -lt 256 ] && break
      next_file
    else
      next_file # what is in this one can then be read and removed
      lost=yes
      timeout 1 cat <&6 > /dev/null && break
    fi
  done
  tell_lost
}
# Again and again, until the disk has room for it.
tell_lost() {
  [ -n "$lost" ] && echo 'Error L12 (output lost: it could not be written to the disk)' >> "$dir/output.$n" && lost=
}
next_file() {
  n=$((n + 1))
  old=$((n - 4))
  [ -e "$dir/output.$old" ] || return
  echo "$old $(wc -c < "$dir/output.$old")" >> "$dir/dropped"
  rm -f "$dir/output.$old"
}
"to_$output"
wait "$sandbox"
echo $? 1<> "$dir/exit"
