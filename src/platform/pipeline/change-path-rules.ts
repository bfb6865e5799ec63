import { transaction } from '#/foundation/db.ts'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { readPathRules, type PathRule } from '#/platform/slug/path-rule.ts'
import { lockPipelineFor } from './pipeline-store.ts'
import { CHANGE_PIPELINE, type Pipeline } from './pipeline.ts'
import { changeLocked } from './update-pipeline.ts'

type Needs = Pick<Platform, 'db'>

/**
 * Adds a rule, or changes the one of its name, which keeps its place.
 * @param rule a PathRule, if it is as it should be
 * @throws 422 in words
 */
export const putPathRule = (
  needs: Needs,
  actor: Actor,
  pipelineId: string,
  rule: { name: string },
): Promise<Pipeline> =>
  changePathRules(needs, actor, pipelineId, (rules) =>
    rules.some(({ name }) => name === rule.name)
      ? rules.map((one) => (one.name === rule.name ? rule : one))
      : [...rules, rule],
  )

/** @throws 404 if the pipeline has no rule of that name */
export const removePathRule = (
  needs: Needs,
  actor: Actor,
  pipelineId: string,
  name: string,
): Promise<Pipeline> =>
  changePathRules(needs, actor, pipelineId, (rules) => {
    if (!rules.some((one) => one.name === name))
      throw notFound('path_rule', `The pipeline has no rule for paths ${name}.`)
    return rules.filter((one) => one.name !== name)
  })

/** With the pipeline locked, so that of two people's changes at once none is lost. */
const changePathRules = (
  { db }: Needs,
  actor: Actor,
  pipelineId: string,
  change: (rules: PathRule[]) => unknown[],
): Promise<Pipeline> =>
  transaction(db, async (tx) => {
    const before = await lockPipelineFor(tx, actor, pipelineId, CHANGE_PIPELINE)
    const rules = readPathRules(change(before.pathRules ?? []))
    if (typeof rules === 'string') throw invalidParams(rules)
    return changeLocked(tx, actor, before, { pathRules: rules.length === 0 ? null : rules })
  })
