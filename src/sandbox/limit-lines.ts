import { cgroupLayout } from './cgroups.ts'
import { isRoot, type SandboxSpec } from './sandbox-spec.ts'

/** Heroku's limit of open files. */
const OPEN_FILES = 10_000
/** Who the kernel kills first when the whole machine runs out of memory: dynos and builds, not the platform. */
const OUT_OF_MEMORY_SCORE = 500

/** Lines of bash that limit the shell that reads them, and with it everything it becomes. */
export const limitLines = async (spec: SandboxSpec): Promise<string> => {
  const { pids } = await cgroupLayout()
  return [
    'ulimit -c 0',
    `ulimit -n ${OPEN_FILES} 2>/dev/null || :`,
    `echo ${OUT_OF_MEMORY_SCORE} > /proc/self/oom_score_adj || :`,
    ...(spec.fileSizeBytes === null ? [] : [`ulimit -f ${Math.ceil(spec.fileSizeBytes / 1024)}`]),
    ...(pids === undefined ? processesOfOneUser(spec) : []),
    '',
  ].join('\n')
}

/**
 * Counted in the user namespace that the sandbox has to itself. Root's sandboxes have none: there the limit would be
 * one for all of them together.
 */
const processesOfOneUser = ({ pids }: SandboxSpec): string[] =>
  pids === null || isRoot() ? [] : [`ulimit -u ${pids}`]
