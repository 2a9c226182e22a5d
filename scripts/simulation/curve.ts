// Curves as SVG, one line for each strategy, readable on light and on dark pages.
import { assert } from "../../src/primitives/assert.ts";
import type { Outcome } from "./simulate.ts";
import { STRATEGIES } from "./strategy.ts";

export type Series = {
  readonly file: string;
  readonly title: string;
  // The axis label, with its unit.
  readonly unit: string;
  // Ticks in ascending order; the axis is logarithmic where each is a fixed multiple of the one before.
  readonly ticks: readonly number[];
  readonly isLogarithmic: boolean;
  valueOf(outcome: Outcome): number;
};

const WIDTH = 640;
const HEIGHT = 400;
const LEFT = 80;
const RIGHT = 130;
const TOP = 40;
const BOTTOM = 56;
const LEAST_GAP = 15;
// From the end of a line to its mark, and the mark itself.
const LEAD = 18;
const MARK = 28;
// Told apart by hue, by lightness and by gaps, through which a line shows that runs below another.
const PENS = [
  { color: "#0a84c6", gaps: "" },
  { color: "#d1495b", gaps: "" },
  { color: "#6a9a1f", gaps: "" },
  { color: "#b8720a", gaps: "5 7" },
  { color: "#8f5bd6", gaps: "10 8" },
];

type Line = {
  readonly name: string;
  readonly pen: string;
  readonly points: readonly (readonly [number, number])[];
};

/** The curve of one quantity over the number of rivals. */
export function curve(series: Series, outcomes: readonly Outcome[]): string {
  const rivals = [...new Set(outcomes.map((outcome) => outcome.rivals))];
  const most = Math.log2(Math.max(...rivals));
  const x = (count: number): number => LEFT + (Math.log2(count) / most) * (WIDTH - LEFT - RIGHT);
  const y = scale(series);
  const lines = STRATEGIES.map(({ name }, index): Line => {
    const { color, gaps } = PENS[index] ?? { color: "currentColor", gaps: "" };
    const dashes = gaps === "" ? "" : ` stroke-dasharray="${gaps}"`;
    const points = outcomes
      .filter(({ strategy }) => strategy === name)
      .map((outcome) => [x(outcome.rivals), y(series.valueOf(outcome))] as const);
    return { name, pen: `fill="none" stroke="${color}" stroke-width="2.5"${dashes}`, points };
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${series.title}</title>`,
    "<style>text{fill:#1f2328}.grid{stroke:#d0d7de}.axis{stroke:#57606a}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#30363d}.axis{stroke:#8b949e}}</style>",
    `<text x="${LEFT}" y="22" font-size="14" font-weight="bold">${series.title}</text>`,
    ...series.ticks.map((tick) => horizontal(tick, y(tick))),
    ...rivals.map((count) => text(x(count), HEIGHT - BOTTOM + 18, `${count}`, "middle")),
    `<path class="axis" fill="none" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}"/>`,
    text(
      (LEFT + WIDTH - RIGHT) / 2,
      HEIGHT - 14,
      "rivals (number of false claims or trees)",
      "middle",
    ),
    `<text transform="translate(18 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${series.unit}</text>`,
    ...lines.map(
      ({ pen, points }) =>
        `<polyline ${pen} points="${points.map((point) => point.map(round).join(",")).join(" ")}"/>`,
    ),
    ...names(lines),
    "</svg>",
    "",
  ].join("\n");
}

function scale({ ticks, isLogarithmic }: Series): (value: number) => number {
  const [least, most] = [ticks.at(0), ticks.at(-1)];
  assert(least !== undefined && most !== undefined, "an axis has ticks");
  const place = (value: number): number => (isLogarithmic ? Math.log10(value) : value);
  const span = place(most) - place(least);
  return (value) =>
    HEIGHT - BOTTOM - ((place(value) - place(least)) / span) * (HEIGHT - TOP - BOTTOM);
}

function horizontal(tick: number, at: number): string {
  const label = tick.toLocaleString("en-US");
  return `<path class="grid" d="M${LEFT} ${round(at)}H${WIDTH - RIGHT}"/>${text(LEFT - 8, at + 4, label, "end")}`;
}

// Beside the end of each line; where ends meet, moved apart around their middle and led to.
function names(lines: readonly Line[]): string[] {
  const ends = lines
    .map(({ name, pen, points }) => ({ name, pen, at: points.at(-1)?.[1] ?? TOP }))
    .sort((one, other) => one.at - other.at);
  const places = spread(ends.map(({ at }) => at));
  return ends.map(({ name, pen, at }, index) => {
    const place = places[index] ?? at;
    const end = WIDTH - RIGHT;
    const label = `<text x="${end + LEAD + MARK + 4}" y="${round(place + 4)}">${name}</text>`;
    const lead = `<path class="axis" fill="none" d="M${end} ${round(at)}L${end + LEAD} ${round(place)}"/>`;
    return `${lead}<path ${pen} d="M${end + LEAD} ${round(place)}h${MARK}"/>${label}`;
  });
}

// Ascending places, pushed apart to the least gap: those that meet stand around the middle of where they were.
function spread(places: readonly number[]): number[] {
  const groups: { middle: number; count: number }[] = [];
  for (const place of places) {
    groups.push({ middle: place, count: 1 });
    for (;;) {
      const [above, below] = groups.slice(-2);
      if (above === undefined || below === undefined) break;
      const needed = (LEAST_GAP * (above.count + below.count)) / 2;
      if (below.middle - above.middle >= needed) break;
      const count = above.count + below.count;
      const middle = (above.middle * above.count + below.middle * below.count) / count;
      groups.splice(-2, 2, { middle, count });
    }
  }
  return groups.flatMap(({ middle, count }) =>
    Array.from({ length: count }, (_, at) => middle + (at - (count - 1) / 2) * LEAST_GAP),
  );
}

function text(x: number, y: number, value: string, anchor: string): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${value}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
