/** The picture of a section as one SVG that needs neither our style sheet nor the theme. */
export interface SvgPicture {
  readonly text: string;
  /** px */
  readonly width: number;
  readonly height: number;
}

const SVG = 'http://www.w3.org/2000/svg';

/** What the style sheet says of shapes, as attributes that any program that reads SVG knows. */
const LOOKS = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'visibility',
] as const;

/** px around a picture. */
const MARGIN = 12;

/** Everything that is drawn in a section, where it is drawn; `undefined` where nothing is. */
export function svgOf(section: Element, title: string): SvgPicture | undefined {
  const drawn = [...section.querySelectorAll<SVGSVGElement | HTMLCanvasElement>('svg, canvas')].filter(
    isShown,
  );
  if (drawn.length === 0) return undefined;
  const boxes = drawn.map(boxOf);
  const left = Math.min(...boxes.map((box) => box.left)) - MARGIN;
  const top = Math.min(...boxes.map((box) => box.top)) - MARGIN;
  const width = Math.ceil(Math.max(...boxes.map((box) => box.left + box.width)) - left + MARGIN);
  const height = Math.ceil(Math.max(...boxes.map((box) => box.top + box.height)) - top + MARGIN);
  const root = element('svg', { width, height, viewBox: `0 0 ${width} ${height}` });
  root.append(named('title', title));
  root.append(element('rect', { width, height, fill: getComputedStyle(document.body).backgroundColor }));
  drawn.forEach((picture, n) => {
    const box = boxes[n]!;
    const place = { x: box.left - left, y: box.top - top, width: box.width, height: box.height };
    root.append(picture instanceof HTMLCanvasElement ? imageOf(picture, place) : copyOf(picture, place));
  });
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

const isShown = (picture: Element) => picture.getClientRects().length > 0;

/** Where it lies, in full: what its frame cuts off belongs to the picture. */
function boxOf(picture: SVGSVGElement | HTMLCanvasElement) {
  const { left, top, width, height } = picture.getBoundingClientRect();
  const frame = picture.parentElement;
  return { left: left + (frame?.scrollLeft ?? 0), top: top + (frame?.scrollTop ?? 0), width, height };
}

type Place = Readonly<Record<'x' | 'y' | 'width' | 'height', number>>;

function imageOf(canvas: HTMLCanvasElement, place: Place): SVGElement {
  return element('image', { ...place, href: canvas.toDataURL('image/png') });
}

function copyOf(picture: SVGSVGElement, place: Place): SVGElement {
  const copy = picture.cloneNode(true) as SVGSVGElement;
  inline(picture, copy);
  for (const [name, value] of Object.entries(place)) copy.setAttribute(name, String(value));
  copy.setAttribute('overflow', 'visible');
  return copy;
}

/** Looks become attributes; what is for pointing at it, or for screen readers of a page, goes. */
function inline(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const { name } of [...to.attributes])
    if (/^(class|role|tabindex|data-|aria-)/.test(name)) to.removeAttribute(name);
  if (to.namespaceURI === SVG && to.localName !== 'title') {
    for (const look of LOOKS) {
      const value = style.getPropertyValue(look);
      if (value !== '') to.setAttribute(look, value);
    }
  }
  [...from.children].forEach((child, n) => inline(child, to.children[n]!));
  for (const node of [...to.childNodes]) if (node.nodeType === Node.COMMENT_NODE) node.remove();
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function named(name: string, text: string): SVGElement {
  const made = element(name, {});
  made.textContent = text;
  return made;
}
