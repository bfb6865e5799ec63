/** Something to try in a sandbox, by a shell script, and what a closed one answers. */
export type Try = {
  name: string
  script: string
  expected: RegExp
  cure: string
}

const REPORT = 'This is a fault of Sluice: please report it.'

/** @param hidden a folder of the platform's that must not be seen */
export const buildTries = (hidden: string): Try[] => [
  {
    name: 'not root',
    script: 'id -u',
    expected: /^[1-9]\d*$/,
    cure: REPORT,
  },
  {
    name: 'no capabilities',
    script: "grep -E '^(CapEff|CapPrm|NoNewPrivs):' /proc/self/status | tr -d '\\n\\t'",
    expected: /^CapPrm:0+CapEff:0+NoNewPrivs:1$/,
    cure: REPORT,
  },
  {
    name: 'seccomp filter',
    script: "grep '^Seccomp:' /proc/self/status | tr -d '\\t'",
    expected: /^Seccomp:2$/,
    cure: 'The kernel has no seccomp filters (CONFIG_SECCOMP_FILTER).',
  },
  {
    name: 'no new namespaces',
    script: 'unshare --user true 2>&1 || unshare --mount true 2>&1 || echo refused',
    expected: /refused$/,
    cure: REPORT,
  },
  {
    name: 'no mounts',
    script: 'mount -t tmpfs none /tmp 2>/dev/null && echo mounted || echo refused',
    expected: /^refused$/,
    cure: REPORT,
  },
  {
    name: 'host files hidden',
    script: `ls -d /root /home /var/lib /etc/shadow /boot /sys "$HIDDEN" 2>/dev/null; echo nothing`,
    expected: /^nothing$/,
    cure: `${REPORT} Folders such as ${hidden} must not be seen.`,
  },
  {
    name: 'system read-only',
    script:
      'touch /usr/sluice-probe /etc/sluice-probe /sluice-probe 2>/dev/null; ls -d /usr/sluice-probe /etc/sluice-probe /sluice-probe 2>/dev/null; echo nothing',
    expected: /^nothing$/,
    cure: REPORT,
  },
  {
    name: 'host processes hidden',
    script: 'ls /proc | grep -c "^[0-9]*$"',
    expected: /^[1-9]$/,
    cure: REPORT,
  },
  {
    name: 'no environment of ours',
    script: 'cat /proc/1/environ 2>/dev/null | wc -c',
    expected: /^0$/,
    cure: REPORT,
  },
  {
    name: 'no descriptors of ours',
    script: 'ls /proc/self/fd | tr "\\n" " "',
    expected: /^0 1 2 3 $/,
    cure: REPORT,
  },
  {
    name: 'no core files',
    script: 'ulimit -c',
    expected: /^0$/,
    cure: REPORT,
  },
]
