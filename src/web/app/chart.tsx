import { useEffect, useRef, type ReactNode } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useLook } from '#/web/ui/use-look.ts'
import type { ChartData, ChartSpec } from './chart-series.ts'

/** A moment that is marked on the chart, in seconds since 1970. */
export type Mark = { at: number; text: string }

type ChartProps = { spec: ChartSpec; data: ChartData; marks: Mark[] }

const HEIGHT_PX = 180
/** Around the plot; its axes have room of their own at the left and below. */
const PADDING_PX: [number, number, number, number] = [8, 4, 0, 0]
const FONT = '12px system-ui, sans-serif'

/** A picture only: what it shows is told in words beside it. */
export const Chart = ({ spec, data, marks }: ChartProps): ReactNode => {
  const box = useRef<HTMLDivElement>(null)
  const look = useLook()
  useEffect(() => {
    const element = box.current
    if (!element) return
    const plot = new uPlot(
      optionsOf(spec, marks, { width: element.clientWidth, stepSeconds: stepOf(data) }),
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
  }, [spec, data, marks, look])
  return (
    <div ref={box} aria-hidden="true" className="min-h-[180px] w-full min-w-0 overflow-hidden" />
  )
}

const stepOf = ({ times: [first = 0, second = first] }: ChartData): number => second - first

type Extent = { width: number; stepSeconds: number }

const optionsOf = (
  spec: ChartSpec,
  marks: Mark[],
  { width, stepSeconds }: Extent,
): uPlot.Options => {
  const axis = {
    stroke: colour('--muted'),
    font: FONT,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height: HEIGHT_PX,
    padding: PADDING_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      // To the end of the last step, since what is marked may be in it.
      x: { range: (_plot, least, most) => [least, most + stepSeconds] },
      y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] },
    },
    axes: [
      { ...axis, space: 70, size: 28, values: (_plot, times) => timesOf(times) },
      {
        ...axis,
        size: 56,
        values: (_plot, marked) => marked.map((value) => exactly(spec.show, value)),
      },
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

/** A step that its name would round has none: it would be read as another. */
const exactly = (show: ChartSpec['show'], value: number): string => {
  const name = show(value)
  return Math.abs(Number(name.replaceAll(',', '')) - value) < 1e-9 ? name : ''
}

const DAY_SECONDS = 86_400

const timesOf = (times: number[]): string[] => {
  const isOfDays = (times.at(-1) ?? 0) - (times[0] ?? 0) > DAY_SECONDS
  const format = new Intl.DateTimeFormat('en', {
    ...(isOfDays ? { weekday: 'short' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
  return times.map((time) => format.format(time * 1_000))
}

/** Their names where there is room for them, the newest first. */
const drawMarks = (plot: uPlot, marks: Mark[]): void => {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = colour('--accent')
  ctx.fillStyle = colour('--muted')
  ctx.font = FONT
  ctx.textAlign = 'left'
  ctx.setLineDash([4, 4])
  let nextName = Infinity
  for (const { at, text } of marks.toReversed()) {
    const x = Math.round(plot.valToPos(at, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    const { width } = ctx.measureText(text)
    const isAtEdge = x + 3 + width > bbox.left + bbox.width
    const left = isAtEdge ? x - 3 - width : x + 3
    if (left + width >= nextName) continue
    ctx.fillText(text, left, bbox.top + 10)
    nextName = left
  }
  ctx.restore()
}

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()
