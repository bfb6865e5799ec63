/**
 * The document for a library that makes style elements and attributes, which our policy forbids: their rules become
 * sheets that the page adopts, their attributes properties. Both are made by script alone, never out of text of a page.
 */
export const strictDocument = (): Document =>
  new Proxy(document, {
    get: (target, key) => {
      if (key === 'createElement') return createElement
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

const createElement = (name: string): HTMLElement =>
  name === 'style' ? adoptedStyle() : withStyleAsProperty(document.createElement(name))

const withStyleAsProperty = (element: HTMLElement): HTMLElement =>
  Object.assign(element, {
    setAttribute: (name: string, value: string): void => {
      if (name === 'style') element.style.cssText = value
      else Element.prototype.setAttribute.call(element, name, value)
    },
  })

/** Stands where the style element would; its text is the sheet's. */
const adoptedStyle = (): HTMLElement => {
  const sheet = new CSSStyleSheet()
  document.adoptedStyleSheets.push(sheet)
  const element = document.createElement('span')
  element.hidden = true
  Object.defineProperty(element, 'textContent', {
    set: (text: string) => sheet.replaceSync(text),
  })
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet)
    Element.prototype.remove.call(element)
  }
  return element
}
