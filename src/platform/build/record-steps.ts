import type { BuildPart } from '#/builder/slug-build.ts'
import type { Platform } from '#/platform/platform.ts'
import { BUILDER } from './build-runner.ts'
import { saveBuildSteps } from './build-store.ts'
import type { Build, BuildStep } from './build.ts'

export type StepRecorder = {
  /** Does the work and saves what came of it. @throws BuildTakenAway if the build has been taken away meanwhile */
  run: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** Ends the part before it. */
  beginPart: (part: BuildPart) => void
}

/** Notes in the build's row what is done when; what an attempt before this one did not finish is forgotten. */
export const recordSteps = (
  { db }: Pick<Platform, 'db'>,
  build: Pick<Build, 'id' | 'attempts' | 'steps'>,
): StepRecorder => {
  build.steps = build.steps.filter(({ result }) => result !== null)
  let saving: Promise<void> = Promise.resolve()
  const save = (steps: BuildStep[]): Promise<void> => {
    build.steps = steps
    const saved = saving.then(() => saveBuildSteps(db, BUILDER, build, steps))
    // Whatever is wrong with the row, the end of the step meets it too.
    saving = saved.catch(() => {})
    return saved
  }
  return {
    run: async (name, work) => {
      const startedAt = now()
      const others = (): BuildStep[] => build.steps.filter((step) => step.name !== name)
      await save([...others(), { name, startedAt, finishedAt: null, result: null }])
      const value = await work()
      const result = JSON.stringify(value)
      const finishedAt = now()
      await save([...endParts(others(), finishedAt), { name, startedAt, finishedAt, result }])
      return value
    },
    beginPart: (part) => {
      const startedAt = now()
      const begun = { ...part, startedAt, finishedAt: null, result: null }
      save([...endParts(build.steps, startedAt), begun]).catch(() => {})
    },
  }
}

const now = (): string => new Date().toISOString()

/** All that are under way but `build`, which they are parts of. */
const endParts = (steps: BuildStep[], finishedAt: string): BuildStep[] =>
  steps.map((step) =>
    step.finishedAt === null && step.name !== 'build' ? { ...step, finishedAt } : step,
  )
