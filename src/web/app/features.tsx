import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { AppFeature } from '#/web/data/types.ts'
import { capitalised } from '#/web/text/words.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'
import { Switch } from '#/web/ui/switch.tsx'
import { useApp } from './app-context.ts'

/** What the API says can be turned on and off for the app. */
export const Features = (): ReactNode => {
  const app = useApp()
  const features = useQuery(queries.features(app.id))
  const settings = useQuery(queries.deploySettings(app.id))
  return (
    <Section title="Features">
      <div className="card grid gap-4 p-4">
        <Loaded query={features} what="features" lines={1}>
          {(found) => found.map((feature) => <Feature key={feature.id} feature={feature} />)}
        </Loaded>
        <Loaded query={settings} what="how it is deployed" lines={1}>
          {({ overlap }) => <Overlap isOn={overlap} />}
        </Loaded>
      </div>
    </Section>
  )
}

const useFeatureChange = (path: string, bodyOf: (isOn: boolean) => unknown) => {
  const app = useApp()
  return useMutation({
    mutationFn: (isOn: boolean) =>
      request('PATCH', `/apps/${app.id}${path}`, { body: bodyOf(isOn) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['part', app.id] }),
  })
}

const Feature = ({ feature }: { feature: AppFeature }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const change = useFeatureChange(`/features/${feature.name}`, (enabled) => ({ enabled }))
  return (
    <>
      <Switch
        label={capitalised(feature.display_name.replaceAll('-', ' ').replace('http', 'HTTP'))}
        about={feature.description}
        isOn={feature.enabled}
        isBusy={change.isPending}
        refusal={refusal}
        onChange={(isOn) => change.mutate(isOn)}
      />
      <Problem error={change.error} />
    </>
  )
}

const Overlap = ({ isOn }: { isOn: boolean }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'operate')
  const change = useFeatureChange('/deploy-settings', (overlap) => ({ overlap }))
  return (
    <>
      <Switch
        label="Deploys overlap"
        about="New dynos start beside the old, and no request is dropped. Off, for apps that cannot run twice: the old ones stop first, and the app does not answer until the new are up."
        isOn={isOn}
        isBusy={change.isPending}
        refusal={refusal}
        onChange={(overlap) => change.mutate(overlap)}
      />
      <Problem error={change.error} />
    </>
  )
}
