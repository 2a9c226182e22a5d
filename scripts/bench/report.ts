// docs/benchmarks.md: one section for each topic, each with the machine and the time it was measured on.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, getPriority, loadavg, totalmem } from "node:os";

export type Topic = {
  readonly name: string;
  readonly title: string;
  /** The text of the section; `say` is told of progress. */
  readonly measure: (say: (line: string) => void) => Promise<string>;
};

const FILE = new URL("../../docs/benchmarks.md", import.meta.url);
const HEAD = `# Benchmarks

Written by \`npm run bench\`; \`npm run bench -- --only TOPIC\` replaces one section. Gas and bytes are exact. Times are of the
machine and the moment that each section names: read the ratio to the peer that ran beside.
`;

/** Puts the section of a topic in its place among the others; the file is whole at any time. */
export function write(topics: readonly Topic[], topic: Topic, text: string): void {
  const known = existsSync(FILE) ? sectionsOf(readFileSync(FILE, "utf8")) : new Map();
  known.set(topic.title, `${stamp()}\n\n${text.trim()}\n`);
  const sections = topics
    .filter(({ title }) => known.has(title))
    .map(({ title }) => `\n## ${title}\n\n${known.get(title)}`);
  const unfinished = new URL(`benchmarks.md.${process.pid}`, FILE);
  writeFileSync(unfinished, HEAD + sections.join(""));
  renameSync(unfinished, FILE);
}

function sectionsOf(document: string): Map<string, string> {
  const [, ...parts] = document.split(/^## /m);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), `${part.slice(end).trim()}\n`];
    }),
  );
}

// The load tells how much else the machine was doing, the priority whether that had to wait.
function stamp(): string {
  const [first] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const machine = `${cpus().length} cores (${first?.model.trim() ?? "unknown"}), ${memory}`;
  const load = loadavg()[0]?.toFixed(1) ?? "unknown";
  const date = new Date().toISOString().slice(0, 16).replace("T", " ");
  const priority = getPriority() === 0 ? "" : `, at priority ${getPriority()}`;
  return `${date} UTC, ${machine}, Node ${process.versions.node}, load average ${load}${priority}.`;
}
