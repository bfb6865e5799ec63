/** The pages of a pipeline, in their order. */
export const PIPELINE_TABS = [
  ['/pipelines/$pipeline', 'Board'],
  ['/pipelines/$pipeline/promotions', 'Promotions'],
  ['/pipelines/$pipeline/approvals', 'Approvals'],
  ['/pipelines/$pipeline/activity', 'Activity'],
  ['/pipelines/$pipeline/stages', 'Stages'],
  ['/pipelines/$pipeline/access', 'Access'],
  ['/pipelines/$pipeline/settings', 'Settings'],
] as const
