// Processor time of this process: other processes on the machine count for less than they do on the clock.

/** Seconds of processor time that the work took, with what it gave. */
export async function timed(work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
