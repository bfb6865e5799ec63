import { FitAddon } from '@xterm/addon-fit'
import { Terminal as XTerm, type ITheme } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import { useEffect, useRef, type ReactNode } from 'react'
import { useLook } from '#/web/ui/use-look.ts'
import { attachDyno, type AttachOptions } from './attached-dyno.ts'
import { withoutInlineStyles } from './without-inline-styles.ts'

type TerminalProps = Pick<AttachOptions, 'appId' | 'command' | 'onStarted' | 'onEnd' | 'onProblem'>

const SCROLLBACK_LINES = 5_000
/** More than this that is not drawn yet is not worth drawing. */
const MOST_UNDRAWN_CHARACTERS = 4 * 1024 * 1024

/** A terminal with a one-off dyno in it, for as long as it is shown. */
export const Terminal = ({ appId, command, ...tell }: TerminalProps): ReactNode => {
  const box = useRef<HTMLDivElement>(null)
  const opened = useRef<XTerm>(null)
  const look = useLook()
  const told = useRef(tell)
  told.current = tell
  useEffect(() => {
    const element = box.current
    if (!element) return
    const restore = withoutInlineStyles()
    const { terminal, fit } = openTerminal(element)
    opened.current = terminal
    let undrawn = 0
    const dyno = attachDyno({
      appId,
      command,
      columns: terminal.cols,
      lines: terminal.rows,
      onOutput: (text) => {
        if (undrawn > MOST_UNDRAWN_CHARACTERS) return
        undrawn += text.length
        terminal.write(text, () => {
          undrawn -= text.length
        })
      },
      onStarted: (name) => told.current.onStarted(name),
      onProblem: (error) => told.current.onProblem(error),
      onEnd: (status) => {
        terminal.options.disableStdin = true
        terminal.options.cursorBlink = false
        told.current.onEnd(status)
      },
    })
    terminal.onData((text) => dyno.send(text))
    terminal.onResize(({ cols, rows }) => dyno.resize(cols, rows))
    const observer = new ResizeObserver(() => fit.fit())
    observer.observe(element)
    terminal.focus()
    return () => {
      observer.disconnect()
      dyno.leave()
      terminal.dispose()
      restore()
    }
  }, [appId, command])
  useEffect(() => {
    if (opened.current) opened.current.options.theme = themeNow()
  }, [look])
  return (
    <div className="overflow-x-auto rounded-lg border bg-sunken p-2">
      <div ref={box} className="h-[60vh] min-h-60" />
    </div>
  )
}

const openTerminal = (element: HTMLElement): { terminal: XTerm; fit: FitAddon } => {
  const terminal = new XTerm({
    scrollback: SCROLLBACK_LINES,
    fontFamily: getComputedStyle(element).getPropertyValue('--font-mono') || 'monospace',
    fontSize: 13,
    theme: themeNow(),
    minimumContrastRatio: 4.5,
    screenReaderMode: true,
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  // Else whoever has only a keyboard could never leave.
  terminal.attachCustomKeyEventHandler(({ key, shiftKey }) => !(key === 'Tab' && shiftKey))
  terminal.open(element)
  fit.fit()
  return { terminal, fit }
}

const themeNow = (): ITheme => {
  const look = getComputedStyle(document.documentElement)
  const colour = (name: string): string => look.getPropertyValue(name).trim()
  return {
    background: colour('--sunken'),
    foreground: colour('--text'),
    cursor: colour('--accent'),
    cursorAccent: colour('--sunken'),
    selectionBackground: colour('--line'),
    black: colour('--ansi-black'),
    red: colour('--ansi-red'),
    green: colour('--ansi-green'),
    yellow: colour('--ansi-yellow'),
    blue: colour('--ansi-blue'),
    magenta: colour('--ansi-magenta'),
    cyan: colour('--ansi-cyan'),
    white: colour('--ansi-white'),
  }
}
