#!/bin/sh
# Enters a sandbox: enter.sh DIR UID BWRAP, in a mount namespace of its own (and, for an ordinary user, a user
# namespace). DIR holds what was prepared: mounts (KIND, host path, name, an overlay's layers, parted by tabs), arguments, seccomp, limits.
# What the sandbox may see is gathered below /mnt, where its user can reach it even if the host's folders are closed
# to that user. Becomes bwrap by exec, so that its parent is whoever started this.
set -eu
dir=$1 uid=$2 bwrap=$3
tab=$(printf '\t')
ulimit -c 0
. "$dir/limits"
mount -t tmpfs -o mode=755,size=1m sluice /mnt
for name in passwd group hosts; do
  : > "/mnt/$name"
  mount --bind "$dir/$name" "/mnt/$name"
done
while IFS="$tab" read -r kind host name layers; do
  case $kind in
    bind)
      if [ -d "$host" ]; then mkdir "/mnt/$name"; else : > "/mnt/$name"; fi
      mount --bind "$host" "/mnt/$name"
      ;;
    overlay)
      mkdir "/mnt/$name" /mnt/lower /mnt/layer
      mount --bind "$host" /mnt/lower
      mount --bind "$dir/layer" /mnt/layer
      cd /mnt/lower # so that many layers make no long option
      layers=$(echo "$layers" | tr "$tab" :)
      mount -t overlay -o "lowerdir=$layers,upperdir=/mnt/layer/upper,workdir=/mnt/layer/work,userxattr" overlay "/mnt/$name"
      cd /
      ;;
  esac
done < "$dir/mounts"
. "$dir/command"
exec 8< "$dir/arguments" 9< "$dir/seccomp"
rm -f "$dir/arguments"
if [ "$uid" != self ]; then
  exec setpriv --reuid="$uid" --regid="$uid" --clear-groups --no-new-privs -- env -i "$bwrap" --args 8 --seccomp 9 -- "$@"
fi
exec env -i "$bwrap" --args 8 --seccomp 9 -- "$@"
