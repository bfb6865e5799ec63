import { useEffect, useRef, useState, type ReactNode } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { ChartData, ChartSpec } from './chart-series.ts'

/** A moment that is marked on the chart, in seconds since 1970. */
export type Mark = { at: number; text: string }

type ChartProps = { spec: ChartSpec; data: ChartData; marks: Mark[] }

const HEIGHT_PX = 180
const FONT = '12px system-ui, sans-serif'

/** A picture only: what it shows is told in words beside it. */
export const Chart = ({ spec, data, marks }: ChartProps): ReactNode => {
  const box = useRef<HTMLDivElement>(null)
  const theme = useTheme()
  useEffect(() => {
    const element = box.current
    if (!element) return
    const plot = new uPlot(
      optionsOf(spec, marks, element.clientWidth),
      [data.times, ...data.values],
      element,
    )
    const resized = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
    )
    resized.observe(element)
    return () => {
      resized.disconnect()
      plot.destroy()
    }
  }, [spec, data, marks, theme])
  return (
    <div ref={box} aria-hidden="true" className="min-h-[180px] w-full min-w-0 overflow-hidden" />
  )
}

const optionsOf = (spec: ChartSpec, marks: Mark[], width: number): uPlot.Options => {
  const axis = {
    stroke: colour('--muted'),
    font: FONT,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      axis,
      { ...axis, size: 56, values: (_plot, marked) => marked.map((value) => spec.show(value)) },
    ],
    series: [
      {},
      ...spec.lines.map((line) => ({
        label: line.name,
        stroke: colour(line.colour),
        width: 1.5,
        points: { size: 4 },
      })),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, marks)] },
  }
}

const drawMarks = (plot: uPlot, marks: Mark[]): void => {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = colour('--accent')
  ctx.fillStyle = colour('--muted')
  ctx.font = FONT
  ctx.setLineDash([4, 4])
  for (const { at, text } of marks) {
    const x = Math.round(plot.valToPos(at, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillText(text, x + 3, bbox.top + 10)
  }
  ctx.restore()
}

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** Changes when the look does: a canvas does not follow by itself. */
const useTheme = (): number => {
  const [changes, setChanges] = useState(0)
  useEffect(() => {
    const change = (): void => setChanges((count) => count + 1)
    const system = matchMedia('(prefers-color-scheme: dark)')
    system.addEventListener('change', change)
    const chosen = new MutationObserver(change)
    chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      system.removeEventListener('change', change)
      chosen.disconnect()
    }
  }, [])
  return changes
}
