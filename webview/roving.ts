/** One tab stop for a group; arrows, Home and End move inside it. Items carry `data-item`. */
export function moveFocus(event: KeyboardEvent): void {
  const group = event.currentTarget as Element;
  const items = [...group.querySelectorAll<SVGElement | HTMLElement>('[data-item]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const to = target(event.key, at, items.length);
  if (to === undefined) return;
  event.preventDefault();
  items[at]?.setAttribute('tabindex', '-1');
  items[to]?.setAttribute('tabindex', '0');
  items[to]?.focus();
}

function target(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(at + 1, count - 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(at - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

/** Enter and Space press what is focused, as they do on a button. */
export function pressOnKey(press: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    press();
  };
}
