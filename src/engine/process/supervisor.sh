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
mkfifo -m 666 "$dir/pipe"
exec 3<&0 5<> "$dir/pipe" 6< "$dir/pipe" 7> "$dir/pipe" 5>&-
(trap - HUP INT TERM; exec "$@" <&3 >&7 2>&1 3<&- 6<&- 7>&-) &
exec 3<&- < /dev/null 7>&-

# To whoever is attached; without that one it is thrown away, so that the dyno can end.
to_client() { cat <&6 || cat <&6 > /dev/null; }

# To files of at most 1024 blocks of 16 KB, of which the newest few are kept: the engine removes what it has read, and
# while there is no engine the disk does not fill up. On a full disk output is dropped, a second at a time.
to_log() {
  n=1
  while :; do
    stats=$(LC_ALL=C dd bs=16384 count=1024 <&6 2>&1 >> "$dir/output.$n")
    if [ $? -ne 0 ]; then
      timeout 1 cat <&6 > /dev/null && return
      echo 'Error L12 (output lost: it could not be written to the disk)' 2> /dev/null >> "$dir/output.$n"
      continue
    fi
    records=${stats%% records in*}
    records=${records##*[!0-9+]}
    [ $((${records%+*} + ${records#*+})) -lt 1024 ] && return
    n=$((n + 1))
    old=$((n - 4))
    if [ -e "$dir/output.$old" ]; then
      echo "$old $(wc -c < "$dir/output.$old")" >> "$dir/dropped"
      rm -f "$dir/output.$old"
    fi
  done
}
"to_$output"
wait $!
echo $? 1<> "$dir/exit"
