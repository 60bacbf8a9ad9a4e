/** A small generator of numbers with a seed: a failure is found again by its number. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const JUNK = [
  '',
  '\0',
  '-',
  '🙂',
  '"',
  '{',
  ']',
  '99999999999999999999999',
  '-1',
  ' : ',
  'ffffffffffffffff',
  '[[[[[[[[',
];

/** A few lines of a capture with a few things wrong. */
export function mutated(lines: readonly string[], random: (below: number) => number): string {
  const at = random(lines.length);
  const whole = lines.length <= 150 && random(4) === 0;
  const some = whole ? [...lines] : lines.slice(at, at + 1 + random(8));
  for (let changes = random(4); changes >= 0; changes--) {
    const i = random(some.length);
    const line = some[i] ?? '';
    const place = random(line.length + 1);
    const junk = JUNK[random(JUNK.length)]!;
    const ways = [
      () => (some[i] = line.slice(0, place)),
      () => (some[i] = line.slice(0, place) + junk + line.slice(place + random(4))),
      () => some.splice(i, 1, line, line),
      () => some.reverse(),
      () => (some[i] = line.replace(/\d/, String(random(10)))),
      () => some.splice(i, 0, junk),
      () => (some[i] = line.replace(/[0-9a-f]+/, 'f'.repeat(random(20)))),
    ];
    ways[random(ways.length)]!();
  }
  return some.join('\n');
}
