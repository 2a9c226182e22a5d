// Tables of the report, and numbers as they stand in them.

/** A Markdown table; the first row is its head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A whole number with commas. */
export function count(value: bigint | number): string {
  return (typeof value === "bigint" ? value : Math.round(value)).toLocaleString("en-US");
}

/** A rate in billions, millions or thousands, to three digits. */
export function rate(perSecond: number): string {
  if (perSecond >= 1e9) return `${(perSecond / 1e9).toPrecision(3)} G/s`;
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toPrecision(3)} M/s`;
  if (perSecond >= 1e4) return `${(perSecond / 1e3).toPrecision(3)} k/s`;
  return `${count(perSecond)}/s`;
}

/** How many times the second is contained in the first. */
export function ratio(value: number, of: number): string {
  return `${(value / of).toFixed(1)}x`;
}

/** The middle value. */
export function median(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
  return sorted[sorted.length >> 1] ?? 0n;
}
