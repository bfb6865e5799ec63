export PATH="$HOME/.heroku/node/bin:$HOME/bin:$HOME/node_modules/.bin:$PATH"
export NODE_HOME="$HOME/.heroku/node"
export NODE_ENV="${NODE_ENV:-production}"
export NPM_CONFIG_UPDATE_NOTIFIER="${NPM_CONFIG_UPDATE_NOTIFIER:-false}"

# Megabytes that the dyno has: of its control group where that is seen, else what the platform says, else the usual.
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
export MEMORY_AVAILABLE="${MEMORY_AVAILABLE:-$(memory_available)}"
export WEB_MEMORY="${WEB_MEMORY:-512}"
export WEB_CONCURRENCY="${WEB_CONCURRENCY:-$((MEMORY_AVAILABLE >= WEB_MEMORY ? MEMORY_AVAILABLE / WEB_MEMORY : 1))}"
unset -f memory_available
