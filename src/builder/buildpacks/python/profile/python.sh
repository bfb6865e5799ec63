export PATH="$HOME/.heroku/python/bin:$PATH"
export PYTHONUNBUFFERED="${PYTHONUNBUFFERED:-true}"
export PYTHONPATH="${PYTHONPATH:-$HOME}"
export LANG="${LANG:-C.UTF-8}"

# Two processes in a small dyno, then one for each 256 MB, as far as there are processors for them.
memory_available() {
  local limit
  for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    [ -r "$file" ] || continue
    limit=$(cat "$file")
    case $limit in *[!0-9]* | '' | ????????????????*) continue ;; esac
    echo $((limit / 1048576))
    return
  done
  echo 512
}
export DYNO_RAM="${DYNO_RAM:-$(memory_available)}"
export WEB_CONCURRENCY="${WEB_CONCURRENCY:-$((DYNO_RAM >= 512 ? DYNO_RAM / 256 : 2))}"
unset -f memory_available
