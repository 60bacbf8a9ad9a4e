/** The fixed sentence of a refusal: `bio_add_page: 1032 sectors > max_sectors 1024 of pmem0`. */
export function ruleText(
  where: string,
  value: number,
  unit: string,
  comparison: '>' | '!=',
  limitName: string,
  limit: number,
  device: string,
): string {
  return `${where}: ${value} ${unit} ${comparison} ${limitName} ${limit} of ${device}`;
}
