/**
 * For a library that makes style elements and attributes, which our policy forbids: until the returned function is
 * called, the rules of elements made by script become sheets that the page adopts, their style attributes properties.
 * Text of a page can make neither.
 */
export const withoutInlineStyles = (): (() => void) => {
  document.createElement = (name: string): HTMLElement =>
    name === 'style' ? adoptedStyle() : withStyleAsProperty(make(name))
  return () => void Reflect.deleteProperty(document, 'createElement')
}

const make = (name: string): HTMLElement => Document.prototype.createElement.call(document, name)

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
  const element = make('span')
  element.hidden = true
  Object.defineProperty(element, 'textContent', {
    set: (text: string) => {
      sheet.replaceSync(text)
    },
  })
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet)
    Element.prototype.remove.call(element)
  }
  return element
}
