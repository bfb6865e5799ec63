type CertificateName = { type: 'dns' | 'ip'; value: string }

/** Every name and address under which the platform and its apps are reached on this machine. */
export const certificateNames = (domain: string): CertificateName[] => [
  ...[...new Set(['localhost', domain])].flatMap((name): CertificateName[] => [
    { type: 'dns', value: name },
    { type: 'dns', value: `*.${name}` },
  ]),
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
]
